using System.Text.RegularExpressions;
using Berth.Definitions.Yaml;

namespace Berth.Definitions.CfManifest;

/// <summary>
/// Puts values in the place of <c>((variables))</c>, in keys and in values. What is exactly one variable takes the value with its type; inside a
/// longer text only texts and whole numbers can stand. Each variable without a value is told once, where it is first used.
/// </summary>
internal sealed partial class VariableFiller(ManifestVariables variables, FileDiagnostics diagnostics, DefinitionLimits limits)
{
    private readonly HashSet<string> missing = new(StringComparer.Ordinal);
    private int nodes;
    private int characters;
    private bool refused;

    public YamlNode Fill(YamlNode node)
    {
        if (!Counted(node))
            return new YamlUnknown(node.Offset);
        return node switch
        {
            YamlScalar scalar => FillScalar(scalar),
            YamlSequence sequence => new YamlSequence(sequence.Offset, [.. sequence.Items.Select(Fill)]) { IsAnchored = node.IsAnchored },
            YamlMapping mapping => new YamlMapping(mapping.Offset, [.. mapping.Entries.Select(FillEntry).OfType<YamlEntry>()]) { IsAnchored = node.IsAnchored },
            _ => node,
        };
    }

    /// <summary>Null where the key is not known.</summary>
    private YamlEntry? FillEntry(YamlEntry entry)
    {
        var key = FillScalar(entry.Key);
        var value = Fill(entry.Value);
        if (key is YamlScalar text)
            return new YamlEntry(text, value);
        if (key is not YamlUnknown)
            diagnostics.Error(entry.Key.Offset, ManifestMessages.VariableInKey(entry.Key.Text, key.KindName));
        return null;
    }

    private YamlNode FillScalar(YamlScalar scalar)
    {
        if (!scalar.Text.Contains("((", StringComparison.Ordinal))
            return scalar;
        int count = Variable().Count(scalar.Text);
        if (count == 0)
            return scalar;
        nodes += count;
        if (!Counted(scalar))
            return new YamlUnknown(scalar.Offset);
        var uses = Variable().Matches(scalar.Text);
        if (uses.Count == 1 && uses[0].Length == scalar.Text.Length)
            return Value(scalar, uses[0]) is { } whole ? Relocated(whole, scalar.Offset) : new YamlUnknown(scalar.Offset);
        bool known = true;
        var text = Variable().Replace(scalar.Text, use =>
        {
            var piece = Piece(scalar, use);
            known &= piece is not null;
            return piece ?? "";
        });
        return known ? new YamlScalar(scalar.Offset, text, plain: false) : new YamlUnknown(scalar.Offset);
    }

    private string? Piece(YamlScalar scalar, Match use)
    {
        switch (Value(scalar, use))
        {
            case null or YamlUnknown:
                return null;
            case YamlScalar { Integer: { } number }:
                return number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            case YamlScalar { IsText: true } text when Counted(text):
                return text.Text;
            case YamlScalar { IsText: true }:
                return null;
            case var other:
                diagnostics.Error(scalar.Offset, ManifestMessages.VariableInText(use.Groups[1].Value, other.KindName));
                return null;
        }
    }

    private YamlNode? Value(YamlScalar scalar, Match use)
    {
        var name = use.Groups[1].Value.TrimStart('!');
        var found = variables.Find(name);
        if (found is null && missing.Add(name))
            diagnostics.Error(scalar.Offset, ManifestMessages.VariableMissing(name));
        return found;
    }

    /// <summary>A value stands where it is used: that is the place people can look at.</summary>
    private YamlNode Relocated(YamlNode node, int offset)
    {
        if (!Counted(node))
            return new YamlUnknown(offset);
        return node switch
        {
            YamlScalar scalar => new YamlScalar(offset, scalar.Text, scalar.Plain),
            YamlSequence sequence => new YamlSequence(offset, [.. sequence.Items.Select(item => Relocated(item, offset))]),
            YamlMapping mapping => new YamlMapping(offset, [.. mapping.Entries.Select(entry => new YamlEntry(new YamlScalar(offset, entry.Key.Text, plain: false), Relocated(entry.Value, offset)))]),
            _ => node,
        };
    }

    private bool Counted(YamlNode node)
    {
        nodes++;
        characters += (node as YamlScalar)?.Text.Length ?? 0;
        if (nodes <= limits.MaxYamlNodes && characters <= limits.MaxFileBytes + limits.MaxVariableCharacters)
            return true;
        if (!refused)
            diagnostics.Error(node.Offset, ManifestMessages.VariablesTooLarge());
        refused = true;
        return false;
    }

    [GeneratedRegex(@"\(\( ?(!?[-/.\w]+) ?\)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
