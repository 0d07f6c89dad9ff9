using System.Diagnostics;

namespace Berth.EndToEnd.Tests;

/// <summary>The real git client, from <c>berth create</c> to a page that was pushed.</summary>
public sealed class GitPushTests(SharedServer shared)
{
    [Fact]
    public async Task Create_push_visit_then_a_failed_build_another_branch_and_a_rollback()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = NewSource(image, "first");
        await GitAsync(berth, source, 0, "init", "--quiet", "--initial-branch=main");
        await CommitAsync(berth, source);
        (await berth.CliInAsync(source.Path, "create", "git-push")).Succeeded();

        var pushed = await GitAsync(berth, source, 0, "push", "berth", "main");

        Assert.Contains("remote: -----> Procfile declares process types: web", pushed, StringComparison.Ordinal);
        Assert.Contains("remote:        Launching... done, v1", pushed, StringComparison.Ordinal);
        Assert.Contains("remote: -----> git-push deployed to Berth", pushed, StringComparison.Ordinal);
        Assert.Equal("first", (await berth.PageAsync("git-push")).Trim());
        Assert.Contains("Everything up-to-date", await GitAsync(berth, source, 0, "push", "berth", "main"), StringComparison.Ordinal);

        source.Write("Dockerfile", $"FROM {image.Reference}\nRUN echo no good && exit 3\n");
        await CommitAsync(berth, source);
        var rejected = await GitAsync(berth, source, 1, "push", "berth", "main");
        Assert.Contains("no good", rejected, StringComparison.Ordinal);
        Assert.Contains("v1 goes on as it was", rejected, StringComparison.Ordinal);
        Assert.Contains("[remote rejected]", rejected, StringComparison.Ordinal);
        Assert.Equal("first", (await berth.PageAsync("git-push")).Trim());

        Assert.Contains("git push berth feature:main", await GitAsync(berth, source, 1, "push", "berth", "main:feature"), StringComparison.Ordinal);

        source.Write("Dockerfile", Dockerfile(image, "third"));
        await CommitAsync(berth, source);
        await GitAsync(berth, source, 0, "push", "berth", "main");
        Assert.Equal("third", (await berth.PageAsync("git-push")).Trim());
        var commit = (await GitAsync(berth, source, 0, "rev-parse", "HEAD")).Trim();
        Assert.Equal(commit[..12], (string)(await berth.AppAsync("git-push"))["commit"]!);
        (await berth.CliAsync("rollback", "v1", "-a", "git-push")).Succeeded();
        Assert.Equal("first", (await berth.PageAsync("git-push")).Trim());
    }

    [Fact]
    public async Task A_client_killed_in_the_middle_of_a_build_stops_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = NewSource(image, "on its own", slowly: true);
        await GitAsync(berth, source, 0, "init", "--quiet", "--initial-branch=main");
        await CommitAsync(berth, source);
        (await berth.CliInAsync(source.Path, "create", "git-gone")).Succeeded();

        using (var push = Start(berth, source, "push", "berth", "main"))
        {
            while (await push.StandardError.ReadLineAsync(ct) is { } line && !line.Contains("slow step", StringComparison.Ordinal))
            {
            }
            push.Kill(entireProcessTree: true);
            await push.WaitForExitAsync(ct);
        }

        await Eventually.TrueAsync("the deployment succeeds", async () => (await berth.AppAsync("git-gone"))["release"] is not null, ct);
        Assert.Equal("on its own", (await berth.PageAsync("git-gone")).Trim());
        await Eventually.TrueAsync("the push is taken", async () => (await GitAsync(berth, source, 0, "ls-remote", "berth")).Contains("refs/heads/main", StringComparison.Ordinal), ct);
    }

    private static SourceFolder NewSource(TinyImage image, string greeting, bool slowly = false) =>
        SourceFolder.With(("Dockerfile", Dockerfile(image, greeting, slowly)), ("Procfile", "web: exec httpd -f -p $PORT -h /www\n"));

    private static string Dockerfile(TinyImage image, string greeting, bool slowly = false) =>
        $"FROM {image.Reference}\n{(slowly ? "RUN echo slow step && sleep 2\n" : "")}RUN mkdir -p /www && echo '{greeting}' >/www/index.html\n";

    private static async Task CommitAsync(BerthServer berth, SourceFolder source)
    {
        await GitAsync(berth, source, 0, "add", "--all");
        await GitAsync(berth, source, 0, "commit", "--quiet", "--message=change");
    }

    /// <summary>All that git prints.</summary>
    private static async Task<string> GitAsync(BerthServer berth, SourceFolder source, int exitCode, params string[] arguments)
    {
        var ct = TestContext.Current.CancellationToken;
        using var git = Start(berth, source, arguments);
        var errors = git.StandardError.ReadToEndAsync(ct);
        var printed = await git.StandardOutput.ReadToEndAsync(ct) + await errors;
        await git.WaitForExitAsync(ct);
        Assert.True(git.ExitCode == exitCode, $"git {string.Join(' ', arguments)} ended with code {git.ExitCode}:\n{printed}");
        return printed;
    }

    private static Process Start(BerthServer berth, SourceFolder source, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = source.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        berth.Introduce(start);
        foreach (var (name, value) in new[]
        {
            ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.com"), ("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.com"),
        })
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }
}
