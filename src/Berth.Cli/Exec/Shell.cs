namespace Berth.Cli.Exec;

/// <summary>Command lines for the shell inside a sandbox.</summary>
internal static class Shell
{
    /// <summary>A shell to type in: bash where the image has it.</summary>
    public static IReadOnlyList<string> Interactive { get; } = Of("if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi");

    public static IReadOnlyList<string> Of(string line) => ["/bin/sh", "-c", line];
}
