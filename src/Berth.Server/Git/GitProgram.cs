using System.Diagnostics;

namespace Berth.Server.Git;

/// <param name="Errors">The end of what it said on stderr.</param>
internal sealed record GitResult(int ExitCode, string Output, string Errors);

/// <summary>Runs git: never through a shell, and by none of the settings that this machine or the user of berthd have for it.</summary>
internal static class GitProgram
{
    private const int MaxErrors = 4096;

    /// <summary>Whether there is a git to run.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, "git")));

    /// <param name="environment">Added to berthd's own, which git's own variables are taken out of.</param>
    public static Process Start(string repository, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("git", ["--git-dir", repository, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, with nothing on its standard input. For output that is small.</summary>
    public static async Task<GitResult> RunAsync(string repository, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken ct)
    {
        using var git = Start(repository, arguments, environment);
        try
        {
            git.StandardInput.Close();
            var errors = ErrorsAsync(git);
            var output = await git.StandardOutput.ReadToEndAsync(ct);
            return await EndAsync(git, output, errors, ct);
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The end of what it says on stderr, read on so that it never waits for a reader.</summary>
    public static async Task<string> ErrorsAsync(Process git)
    {
        var kept = "";
        var buffer = new char[MaxErrors];
        int read;
        while ((read = await git.StandardError.ReadAsync(buffer)) > 0)
        {
            kept += new string(buffer, 0, read);
            kept = kept.Length > MaxErrors ? kept[^MaxErrors..] : kept;
        }
        return kept.Trim();
    }

    public static async Task<GitResult> EndAsync(Process git, string output, Task<string> errors, CancellationToken ct)
    {
        await git.WaitForExitAsync(ct);
        return new(git.ExitCode, output, await errors);
    }
}
