namespace Berth.Cli.Exec;

/// <summary>Command lines for the shell inside a sandbox.</summary>
internal static class Shell
{
    /// <summary>A shell to type in: bash where the image has it.</summary>
    public static IReadOnlyList<string> Interactive { get; } = Of("if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi");

    /// <summary>What is to be run: the words after <c>--</c>, a line for the shell, or a shell.</summary>
    /// <exception cref="CliException">Both are given, or no word follows.</exception>
    public static IReadOnlyList<string> Words(IReadOnlyList<string>? trailing, string? line) => (line, trailing) switch
    {
        (null, null) => Interactive,
        ({ } text, null) => Of(text),
        (null, { Count: > 0 } words) => words,
        (null, _) => throw CliException.Usage(CliMessages.CommandMissing),
        _ => throw CliException.Usage(CliMessages.CommandTwice),
    };

    public static IReadOnlyList<string> Of(string line) => ["/bin/sh", "-c", line];
}
