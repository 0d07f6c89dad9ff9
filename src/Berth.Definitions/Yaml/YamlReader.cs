using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Definitions.Yaml;

/// <summary>
/// Reads one YAML document to a tree that knows its places. Aliases are resolved, but each use of one counts as if it were written out, so
/// that a small file cannot stand for a huge one. A mistake in the YAML itself ends the reading.
/// </summary>
internal sealed class YamlReader
{
    private const string MergeKey = "<<";

    private readonly FileDiagnostics diagnostics;
    private readonly DefinitionLimits limits;
    private readonly Parser parser;
    private readonly Dictionary<string, Anchored> anchors = new(StringComparer.Ordinal);
    private int nodes;
    private int depth;

    private YamlReader(FileDiagnostics diagnostics, DefinitionLimits limits)
    {
        (this.diagnostics, this.limits) = (diagnostics, limits);
        parser = new Parser(new StringReader(diagnostics.Source.Text));
    }

    private sealed record Anchored(YamlNode Node, int Size);

    /// <summary>Null for an empty file, and after an error, which is then among the diagnostics.</summary>
    public static YamlNode? Read(FileDiagnostics diagnostics, DefinitionLimits limits)
    {
        var reader = new YamlReader(diagnostics, limits);
        try
        {
            return reader.ReadDocument();
        }
        catch (RefusedException refused)
        {
            diagnostics.Error(refused.Offset, refused.Problem);
        }
        catch (YamlException e)
        {
            diagnostics.Error(OffsetOf(e.Start), YamlMessages.Syntax(e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser stumbles over some texts that are no YAML, for example line separators within a plain text.
            diagnostics.Error(OffsetOf(reader.parser.Current?.End ?? Mark.Empty), YamlMessages.Syntax("it cannot be read from here on"));
        }
        return null;
    }

    private YamlNode? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
            return null;
        parser.Consume<DocumentStart>();
        var node = ReadNode();
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
            throw new RefusedException(second.Start, YamlMessages.SeveralDocuments());
        return node is YamlScalar { IsNull: true } ? null : node;
    }

    private YamlNode ReadNode()
    {
        var next = parser.Consume<ParsingEvent>();
        if (next is AnchorAlias alias)
            return Resolve(alias);
        int before = nodes;
        Count(next, 1);
        if (++depth > limits.MaxNesting)
            throw new RefusedException(next.Start, YamlMessages.TooDeep(limits.MaxNesting));
        YamlNode node = next switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart start => ReadSequence(start),
            MappingStart start => ReadMapping(start),
            _ => throw new RefusedException(next.Start, YamlMessages.Syntax("a value is expected here")),
        };
        depth--;
        if (next is NodeEvent { Anchor.IsEmpty: false } named)
            anchors[named.Anchor.Value] = new Anchored(node, nodes - before);
        return node;
    }

    private YamlNode Resolve(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw new RefusedException(alias.Start, YamlMessages.UnknownAnchor(alias.Value.Value));
        Count(alias, anchored.Size);
        return anchored.Node;
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        if (scalar.Value.Length > limits.MaxYamlText)
            throw new RefusedException(scalar.Start, YamlMessages.TextTooLong(limits.MaxYamlText));
        bool plain = scalar.Style == ScalarStyle.Plain;
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            plain = scalar.Tag.Value switch
            {
                "tag:yaml.org,2002:str" => false,
                "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" => true,
                var tag => throw new RefusedException(scalar.Start, YamlMessages.UnknownTag(tag)),
            };
        }
        return new YamlScalar(OffsetOf(scalar.Start), scalar.Value, plain) { IsAnchored = !scalar.Anchor.IsEmpty };
    }

    private YamlSequence ReadSequence(SequenceStart start)
    {
        List<YamlNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode());
        return new YamlSequence(OffsetOf(start.Start), items) { IsAnchored = !start.Anchor.IsEmpty || items.Exists(item => item.IsAnchored) };
    }

    private YamlMapping ReadMapping(MappingStart start)
    {
        List<YamlEntry> entries = [];
        List<YamlNode> merged = [];
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode() is not YamlScalar key)
                throw new RefusedException(start.Start, YamlMessages.KeyIsNoText());
            var value = ReadNode();
            if (key is { Text: MergeKey, Plain: true })
                merged.Add(value);
            else if (places.TryAdd(key.Text, entries.Count))
                entries.Add(new YamlEntry(key, value));
            else
                Replace(entries, places[key.Text], new YamlEntry(key, value));
        }
        foreach (var mapping in merged.SelectMany(MappingsOf))
            entries.AddRange(mapping.Entries.Where(entry => places.TryAdd(entry.Key.Text, 0)));
        return new YamlMapping(OffsetOf(start.Start), entries) { IsAnchored = !start.Anchor.IsEmpty || entries.Exists(entry => entry.Value.IsAnchored) };
    }

    /// <summary>The later of two counts, as for other readers of YAML; but nobody means it so.</summary>
    private void Replace(List<YamlEntry> entries, int place, YamlEntry later)
    {
        diagnostics.Warning(later.Key.Offset, YamlMessages.KeyTwice(later.Key.Text, diagnostics.Source.LineOf(entries[place].Key.Offset)));
        entries[place] = later;
    }

    private static IEnumerable<YamlMapping> MappingsOf(YamlNode value) => value switch
    {
        YamlMapping mapping => [mapping],
        YamlSequence sequence => sequence.Items.SelectMany(MappingsOf),
        _ => throw new RefusedException(value.Offset, YamlMessages.MergeOfNoMapping(value.KindName)),
    };

    private void Count(ParsingEvent at, int size)
    {
        nodes += size;
        if (nodes > limits.MaxYamlNodes)
            throw new RefusedException(at.Start, YamlMessages.TooManyNodes(limits.MaxYamlNodes));
    }

    private static int OffsetOf(Mark mark) => (int)mark.Index;

    private sealed class RefusedException(int offset, Problem problem) : Exception
    {
        public RefusedException(Mark at, Problem problem)
            : this(OffsetOf(at), problem)
        {
        }

        public int Offset => offset;

        public Problem Problem => problem;
    }
}
