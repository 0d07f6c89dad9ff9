namespace Berth.Testing.Docker;

/// <summary>
/// Just enough of a shell that the same test can run on the fake and on a real engine: <c>sh -c</c> with <c>;</c> between <c>echo WORDS</c>
/// (with <c>$NAME</c> and <c>&gt;&amp;2</c>), <c>exit N</c> and <c>cat</c>; <c>exec</c> and <c>trap</c> change nothing. Anything else is a server: it runs until it is stopped.
/// </summary>
internal static class FakeShell
{
    /// <summary>Runs a container's own program: prints at once and ends, or stays.</summary>
    public static void Run(FakeContainer container)
    {
        var code = Interpret(container.CommandLine, container.Env, (text, stderr) => container.Print(text, stderr), input: null);
        if (code is { } exit)
            container.Exit(exit);
    }

    /// <param name="command">Exec form.</param>
    /// <param name="env">Lines <c>KEY=value</c>; the last of a key wins.</param>
    /// <param name="print">Gets each line with its end; true for stderr.</param>
    /// <param name="input">What <c>cat</c> reads; null where there is no stdin.</param>
    /// <returns>The exit code; null if it does not end by itself.</returns>
    public static int? Interpret(IReadOnlyList<string> command, IReadOnlyList<string> env, Action<string, bool> print, Func<string>? input)
    {
        var script = command is ["sh" or "/bin/sh", "-c", var text, ..] ? text : string.Join(' ', command);
        foreach (var statement in script.Split([';', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // A shell that steps aside, or waits for what it started, prints and ends like any other.
            var words = (statement.StartsWith("exec ", StringComparison.Ordinal) ? statement["exec ".Length..] : statement).Split(' ', 2);
            var rest = words.Length == 2 ? words[1] : "";
            switch (words[0])
            {
                case "echo":
                    bool stderr = rest.EndsWith(">&2", StringComparison.Ordinal);
                    print(Expand(stderr ? rest[..^3].TrimEnd() : rest, env) + "\n", stderr);
                    break;
                case "cat" when input is not null:
                    print(input(), false);
                    break;
                case "exit":
                    return int.Parse(rest);
                case "true" or "trap":
                    break;
                default:
                    return null;
            }
        }
        return 0;
    }

    private static string Expand(string text, IReadOnlyList<string> env)
    {
        text = text.Trim('"');
        foreach (var line in env.Reverse())
            text = text.Replace("$" + line.Split('=')[0], line[(line.IndexOf('=') + 1)..], StringComparison.Ordinal);
        return text;
    }
}
