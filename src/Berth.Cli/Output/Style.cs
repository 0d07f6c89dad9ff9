using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Cli.Output;

/// <summary>Colour where a terminal shows it, plain text elsewhere (and with <c>NO_COLOR</c>, or <c>TERM=dumb</c>). Also makes foreign text harmless for a terminal.</summary>
internal sealed partial class Style
{
    private readonly bool _colour;

    private Style(bool terminal, bool colour)
    {
        IsTerminal = terminal;
        _colour = colour;
    }

    /// <summary>Cyan, yellow, green, magenta, red, blue, and the bright ones: foreman's order.</summary>
    private static readonly string[] Tints = ["36", "33", "32", "35", "31", "34", "96", "93", "92", "95", "91", "94"];

    public bool IsTerminal { get; }

    public static Style For(bool terminal, Func<string, string?> environment) =>
        new(terminal, terminal && environment("NO_COLOR") is null && environment("TERM") != "dumb");

    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    /// <summary>One of several colours, to tell things apart.</summary>
    public string Tinted(int number, string text) => Paint(Tints[number % Tints.Length], text);

    /// <summary>Text from elsewhere (logs, build output, names): on a terminal its control characters are spelled out, in a file it stays as it is.</summary>
    public string Foreign(string text) => IsTerminal ? SafeText.Of(text) : text;

    /// <summary>As <see cref="Foreign"/>, but a terminal that shows colours shows the text's own too; they end with it.</summary>
    public string ForeignInColour(string text)
    {
        if (!_colour || !text.Contains('\e'))
            return Foreign(text);
        var shown = new StringBuilder();
        int start = 0;
        foreach (var colour in ColourSequence().EnumerateMatches(text))
        {
            shown.Append(SafeText.Of(text[start..colour.Index])).Append(text, colour.Index, colour.Length);
            start = colour.Index + colour.Length;
        }
        return shown.Append(SafeText.Of(text[start..])).Append("\e[0m").ToString();
    }

    [GeneratedRegex(@"\e\[[0-9;:]*m")]
    private static partial Regex ColourSequence();

    private string Paint(string code, string text) => _colour ? $"\e[{code}m{text}\e[0m" : text;
}
