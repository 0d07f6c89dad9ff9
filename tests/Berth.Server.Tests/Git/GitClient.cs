using System.Diagnostics;
using Berth.Testing;

namespace Berth.Server.Tests.Git;

/// <param name="Errors">What git prints on stderr: progress, and what the server says.</param>
internal sealed record GitRun(int ExitCode, string Output, string Errors)
{
    public GitRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"git ended with code {ExitCode}:\n{Errors}");
        return this;
    }

    public GitRun Failed()
    {
        Assert.True(ExitCode != 0, $"git succeeded:\n{Errors}");
        return this;
    }
}

/// <summary>A repository with a folder, and the real git to work in it by nobody's settings.</summary>
internal sealed class GitClient : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    /// <summary>A repository on <c>main</c> with one commit that deploys.</summary>
    public static async Task<GitClient> NewAsync(string dockerfile, string procfile = "web: serve")
    {
        var client = new GitClient();
        (await client.RunAsync("init", "--quiet", "--initial-branch=main")).Succeeded();
        await client.CommitAsync(("Dockerfile", dockerfile), ("Procfile", procfile + "\n"));
        return client;
    }

    /// <summary>Writes the files and commits everything; returns the commit's id.</summary>
    public async Task<string> CommitAsync(params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var file = _folder.File(path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }
        (await RunAsync("add", "--all")).Succeeded();
        (await RunAsync("commit", "--quiet", "--message=change")).Succeeded();
        return await HeadAsync();
    }

    public async Task<string> HeadAsync() => (await RunAsync("rev-parse", "HEAD")).Succeeded().Output.Trim();

    public async Task<GitRun> RunAsync(params string[] arguments)
    {
        using var git = Start(arguments);
        var errors = git.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(git.ExitCode, output, await errors);
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Path, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C.UTF-8"),
            ("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.com"), ("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.com"),
        })
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Dispose();
}
