using System.Text;
using Berth.Contracts;

namespace Berth.Cli.Output;

/// <summary>A diagnostic as compilers print them: place, message, the line with a caret, hint.</summary>
internal static class DiagnosticText
{
    public static void Write(TextWriter output, Style style, DiagnosticInfo diagnostic)
    {
        var text = new StringBuilder();
        var severity = diagnostic.Severity == "warning" ? style.Yellow("warning:") : style.Red("error:");
        text.Append(style.Bold(SafeText.Of(Place(diagnostic)))).Append(severity).Append(' ').Append(SafeText.Of(diagnostic.Message)).Append('\n');
        if (diagnostic.SourceLine is { } source)
            AppendSource(text, style, source, diagnostic.Line, diagnostic.Column);
        if (diagnostic.Hint is { } hint)
            text.Append("  hint: ").Append(SafeText.Of(hint)).Append('\n');
        output.Write(text.ToString());
    }

    private static string Place(DiagnosticInfo diagnostic) => diagnostic switch
    {
        { File: null } => "",
        { Line: 0 } => $"{diagnostic.File}: ",
        { Column: 0 } => $"{diagnostic.File}:{diagnostic.Line}: ",
        _ => $"{diagnostic.File}:{diagnostic.Line}:{diagnostic.Column}: ",
    };

    private static void AppendSource(StringBuilder text, Style style, string source, int line, int column)
    {
        var number = line == 0 ? "" : line.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // Each character takes one cell, tabs and control characters too, or the caret would stand elsewhere.
        var shown = new string([.. source.Select(c => char.IsControl(c) ? ' ' : c)]).TrimEnd();
        text.Append(style.Dim($"  {number} | ")).Append(SafeText.Of(shown)).Append('\n');
        if (column > 0 && column <= source.Length + 1)
            text.Append(style.Dim($"  {new string(' ', number.Length)} | ")).Append(' ', column - 1).Append(style.Red("^")).Append('\n');
    }
}
