using Berth.Model;

namespace Berth.Definitions;

/// <summary>An entry of the messages' catalogue: everything of a diagnostic but its place.</summary>
internal readonly record struct Problem(string Code, string Message, string? Hint = null)
{
    /// <summary>Without a line: the file as a whole, or no file.</summary>
    public Diagnostic In(string? file) => new() { Code = Code, Message = Message, Hint = Hint, File = file };

    public Diagnostic At(SourceText source, int offset) => In(source.Name) with
    {
        Line = source.LineOf(offset),
        Column = source.ColumnOf(offset),
        SourceLine = source.LineAt(offset),
    };
}
