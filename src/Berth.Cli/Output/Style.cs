namespace Berth.Cli.Output;

/// <summary>Colour where a terminal shows it, plain text elsewhere (and with <c>NO_COLOR</c>, or <c>TERM=dumb</c>). Also makes foreign text harmless for a terminal.</summary>
internal sealed class Style
{
    private readonly bool _colour;

    private Style(bool terminal, bool colour)
    {
        IsTerminal = terminal;
        _colour = colour;
    }

    public bool IsTerminal { get; }

    public static Style For(bool terminal, Func<string, string?> environment) =>
        new(terminal, terminal && environment("NO_COLOR") is null && environment("TERM") != "dumb");

    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    /// <summary>Text from elsewhere (logs, build output, names): on a terminal its control characters are spelled out, in a file it stays as it is.</summary>
    public string Foreign(string text) => IsTerminal ? SafeText.Of(text) : text;

    private string Paint(string code, string text) => _colour ? $"\e[{code}m{text}\e[0m" : text;
}
