using System.Buffers;
using Berth.Model;

namespace Berth.Definitions.Procfile;

/// <summary>An entry <c>name: command</c> and the line it stands on.</summary>
public sealed record ProcfileEntry(string Name, string Command, int Line);

/// <summary>What a Procfile says.</summary>
/// <param name="Name">How the file is called in messages.</param>
/// <param name="Services">In the order of the file; names are unique, also when upper and lower case are ignored.</param>
/// <param name="Release">The release phase's command; null: none.</param>
public sealed record ProcfileContent(string Name, IReadOnlyList<ProcfileEntry> Services, ProcfileEntry? Release, IReadOnlyList<Diagnostic> Diagnostics);

/// <summary>Reads Procfiles (SPEC section 2): strict, and telling all mistakes of a file at once.</summary>
public sealed class ProcfileReader
{
    private const string ReleasePhase = "release";

    /// <summary>All but tab. A NUL cannot be passed to a program at all; the others come from a damaged file.</summary>
    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Append(0x7F).Select(code => (char)code).Where(c => c != '\t')]);

    private readonly FileDiagnostics diagnostics;
    private readonly string text;
    private readonly int maxServices;
    private readonly List<ProcfileEntry> entries = [];
    private readonly Dictionary<string, ProcfileEntry> byName = new(StringComparer.OrdinalIgnoreCase);
    private int firstEntryOffset;

    private ProcfileReader(FileDiagnostics diagnostics, DefinitionLimits limits)
    {
        this.diagnostics = diagnostics;
        maxServices = limits.MaxServices;
        text = diagnostics.Source.Text;
    }

    public static ProcfileContent Read(string name, ReadOnlySpan<byte> bytes, DefinitionLimits limits)
    {
        var (source, problem) = SourceText.Decode(name, bytes, limits);
        if (source is null)
            return new ProcfileContent(name, [], null, [problem!]);
        var diagnostics = new FileDiagnostics(source, limits);
        var reader = new ProcfileReader(diagnostics, limits);
        reader.ReadLines();
        return new ProcfileContent(
            name,
            [.. reader.entries.Where(entry => entry.Name != ReleasePhase)],
            reader.entries.Find(entry => entry.Name == ReleasePhase),
            reader.AllDiagnostics());
    }

    private void ReadLines()
    {
        int start = 0;
        while (start < text.Length && !diagnostics.IsFull && entries.Count <= maxServices)
        {
            int end = text.IndexOf('\n', start);
            if (end < 0)
                end = text.Length;
            ReadLine(start, end);
            start = end + 1;
        }
    }

    private void ReadLine(int start, int end)
    {
        while (end > start && IsBlank(text[end - 1]))
            end--;
        int first = start;
        while (first < end && IsBlank(text[first]))
            first++;
        if (first == end || text[first] == '#')
            return;
        int nameEnd = first;
        while (nameEnd < end && IsNameCharacter(text[nameEnd]))
            nameEnd++;
        int colon = nameEnd;
        while (colon < end && IsBlank(text[colon]))
            colon++;
        var name = text[first..nameEnd];
        if (colon == end || text[colon] != ':' || name.Length == 0)
            diagnostics.Error(first, NoEntry(text[first..end]));
        else if (first > start)
            diagnostics.Error(first, DefinitionMessages.ProcfileIndented(SourceText.Shown(name)));
        else if (colon > nameEnd)
            diagnostics.Error(nameEnd, DefinitionMessages.ProcfileBlankBeforeColon(SourceText.Shown(name)));
        else
            AddEntry(name, start, colon + 1, end);
    }

    private void AddEntry(string name, int start, int commandStart, int end)
    {
        while (commandStart < end && IsBlank(text[commandStart]))
            commandStart++;
        var entry = new ProcfileEntry(name, text[commandStart..end], diagnostics.Source.LineOf(start));
        int control = entry.Command.AsSpan().IndexOfAny(ControlCharacters);
        if (Names.ServiceProblem(name) is { } problem)
            diagnostics.Error(start, DefinitionMessages.ProcfileBadName(problem));
        else if (entry.Command.Length == 0)
            diagnostics.Error(commandStart, DefinitionMessages.ProcfileEmptyCommand(name));
        else if (control >= 0)
            diagnostics.Error(commandStart + control, DefinitionMessages.ProcfileControlCharacter(entry.Command[control]));
        else
            ProcfileWarnings.Add(diagnostics, entry, commandStart);

        if (byName.TryGetValue(name, out var other))
        {
            diagnostics.Error(start, DefinitionMessages.ProcfileDuplicate(name, other.Name, other.Line));
            return;
        }
        if (entries.Count == 0)
            firstEntryOffset = start;
        if (entries.Count == maxServices)
            diagnostics.Error(start, DefinitionMessages.TooManyServices(maxServices));
        byName.Add(name, entry);
        entries.Add(entry);
    }

    private IReadOnlyList<Diagnostic> AllDiagnostics()
    {
        // With other errors in the file, the missing service is most likely in one of those lines.
        if (!diagnostics.HasErrors && entries.TrueForAll(entry => entry.Name == ReleasePhase))
            diagnostics.Error(firstEntryOffset, DefinitionMessages.ProcfileNoService(diagnostics.Source.Name, onlyRelease: entries.Count > 0));
        return diagnostics.ToList();
    }

    private static Problem NoEntry(string line)
    {
        if (line.StartsWith("<<<<<<<", StringComparison.Ordinal) || line.StartsWith(">>>>>>>", StringComparison.Ordinal) || line.StartsWith("=======", StringComparison.Ordinal))
            return DefinitionMessages.ProcfileMergeConflict();
        if (line.StartsWith("//", StringComparison.Ordinal))
            return DefinitionMessages.ProcfileSlashComment();
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return DefinitionMessages.ProcfileBadLine();
        var name = line[..colon];
        return name.Length > 0 && !name.Any(IsBlank) && Names.ServiceProblem(name) is { } problem
            ? DefinitionMessages.ProcfileBadName(problem)
            : DefinitionMessages.ProcfileBadLine();
    }

    /// <summary>Blanks as other Procfile readers have them: space, tab, vertical tab, form feed, and the CR of a CRLF.</summary>
    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\v' or '\f';

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
