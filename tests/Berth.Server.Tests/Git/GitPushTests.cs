using Berth.Control.Tests;
using Berth.Server.Git;
using Berth.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Server.Tests.Git;

/// <summary>The real git client against the API, with a fake engine behind it.</summary>
public sealed class GitPushTests
{
    private const string Dockerfile = $"FROM {ControlUnderTest.Image}\nCOPY . /app\nRUN echo built with care\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_builds_deploys_and_prints_what_Deis_printed()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile, "web: serve\nworker: serve");
        var commit = await git.HeadAsync();

        var pushed = (await git.RunAsync("push", Remote(api), "main")).Succeeded();

        Assert.Contains("remote: -----> Building demo", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("remote:        built with care", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("remote: -----> Procfile declares process types: web, worker", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("\nremote:        Launching... done, v1", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("remote: -----> demo deployed to Berth", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("remote:        http://demo.localhost:8080", pushed.Errors, StringComparison.Ordinal);
        Assert.Equal(commit[..12], api.House.Active("demo").Commit);
        Assert.Single(api.House.Running("demo", "web"));
    }

    [Fact]
    public async Task The_same_commit_again_is_up_to_date()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        (await git.RunAsync("push", Remote(api), "main")).Succeeded();

        Assert.Contains("Everything up-to-date", (await git.RunAsync("push", Remote(api), "main")).Succeeded().Errors, StringComparison.Ordinal);
        Assert.Contains("demo is unchanged", (await git.RunAsync("push", Remote(api), "main:master")).Succeeded().Errors, StringComparison.Ordinal);
        Assert.Equal(1, api.House.Active("demo").Number);
    }

    [Fact]
    public async Task A_failed_build_rejects_the_push_and_the_old_release_goes_on()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        var good = await git.HeadAsync();
        (await git.RunAsync("push", Remote(api), "main")).Succeeded();
        await git.CommitAsync(("Dockerfile", Dockerfile + "RUN echo something broke; exit 3\n"));

        var pushed = (await git.RunAsync("push", Remote(api), "main")).Failed();

        Assert.Contains("remote:        something broke", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("remote:  !     demo was not deployed: it failed in phase build", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("remote:  !     v1 goes on as it was", pushed.Errors, StringComparison.Ordinal);
        Assert.Contains("[remote rejected] main -> main", pushed.Errors, StringComparison.Ordinal);
        Assert.StartsWith(good, (await git.RunAsync("ls-remote", Remote(api), "refs/heads/main")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(1, api.House.Active("demo").Number);
        Assert.Empty(Directory.GetFileSystemEntries(api.House.Options.BuildsFolder));
    }

    [Fact]
    public async Task A_source_without_services_is_rejected_with_what_to_add()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile, "this is no Procfile");

        var pushed = (await git.RunAsync("push", Remote(api), "main")).Failed();

        Assert.Contains("!     Procfile:1:", pushed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_stops_nothing()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        var commit = await git.HeadAsync();
        using (api.House.Docker.Hold("POST /build"))
        {
            using var push = git.Start("push", Remote(api), "main");
            await Eventually.HoldsAsync(() => api.House.Docker.Calls.Contains("POST /build"));
            push.Kill(entireProcessTree: true);
            await push.WaitForExitAsync(Ct);
        }

        await Eventually.HoldsAsync(() => api.House.Stores.Apps.Find("demo")!.ActiveRelease is not null);
        await Eventually.HoldsAsync(async () => (await git.RunAsync("ls-remote", Remote(api), "refs/heads/main")).Output.StartsWith(commit, StringComparison.Ordinal));
        Assert.Contains("Everything up-to-date", (await git.RunAsync("push", Remote(api), "main")).Succeeded().Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_pushes_at_once_the_second_is_told_of_the_first()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        using var hold = api.House.Docker.Hold("POST /build");
        using var first = git.Start("push", Remote(api), "main");
        await Eventually.HoldsAsync(() => api.House.Docker.Calls.Contains("POST /build"));

        Assert.Contains("another push to demo is being deployed", (await git.RunAsync("push", Remote(api), "main")).Failed().Errors, StringComparison.Ordinal);

        hold.Dispose();
        await first.WaitForExitAsync(Ct);
        Assert.Equal(0, first.ExitCode);
    }

    [Theory]
    [InlineData("HEAD:refs/heads/feature", "git push berth feature:main")]
    [InlineData("HEAD:refs/notes/x", "refs/notes/x is no branch that is deployed")]
    [InlineData("HEAD:refs/tags/v1", "a tag alone deploys nothing")]
    public async Task Other_refs_are_refused_with_what_to_do(string refspec, string hint)
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);

        var pushed = (await git.RunAsync("push", Remote(api), refspec)).Failed();

        Assert.Contains(hint, pushed.Errors, StringComparison.Ordinal);
        Assert.Empty((await git.RunAsync("ls-remote", Remote(api))).Succeeded().Output);
        Assert.Empty(api.House.Stores.Deployments.List("demo", 10));
    }

    [Fact]
    public async Task Tags_go_with_a_branch_and_two_branches_or_a_removal_do_not()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        (await git.RunAsync("push", Remote(api), "main", "HEAD:refs/tags/v1")).Succeeded();
        await git.CommitAsync(("more", "more"));

        Assert.Contains("both deploy", (await git.RunAsync("push", Remote(api), "main", "main:master")).Failed().Errors, StringComparison.Ordinal);
        Assert.Contains("berth app delete demo", (await git.RunAsync("push", Remote(api), ":main")).Failed().Errors, StringComparison.Ordinal);
        Assert.Contains("refs/tags/v1", (await git.RunAsync("ls-remote", Remote(api))).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branches_that_deploy_are_an_option()
    {
        await using var api = await StartAsync(new GitOptions { Branches = ["production"] });
        using var git = await GitClient.NewAsync(Dockerfile);

        Assert.Contains("git push berth main:production", (await git.RunAsync("push", Remote(api), "main")).Failed().Errors, StringComparison.Ordinal);
        (await git.RunAsync("push", Remote(api), "main:production")).Succeeded();
    }

    [Fact]
    public async Task Who_pushes_to_no_app_or_without_a_token_is_told_what_to_do()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        var stranger = new UriBuilder(Remote(api)) { Password = "berth_wrong" }.Uri.AbsoluteUri;

        Assert.Contains("berth create other", (await git.RunAsync("push", Remote(api, "other"), "main")).Failed().Errors, StringComparison.Ordinal);
        Assert.Contains("no token that is known here", (await git.RunAsync("push", stranger, "main")).Failed().Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(api.House.Options.RepositoryOf("other")));
    }

    [Fact]
    public async Task A_shallow_clone_can_push_and_a_clone_gets_what_was_pushed()
    {
        await using var api = await StartAsync();
        using var origin = await GitClient.NewAsync(Dockerfile);
        await origin.CommitAsync(("second", "2"));
        using var shallow = new GitClient();
        (await shallow.RunAsync("clone", "--quiet", "--depth=1", $"file://{origin.Path}", "work")).Succeeded();

        (await shallow.RunAsync("-C", "work", "push", Remote(api), "main")).Succeeded();

        (await shallow.RunAsync("clone", "--quiet", Remote(api), "copy")).Succeeded();
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Combine(shallow.Path, "copy", "second"), Ct));
    }

    [Fact]
    public async Task Files_kept_out_of_archives_are_deployed_and_pointers_of_LFS_are_named()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync("FROM example/app:1\nCOPY . /app\n");
        await git.CommitAsync((".gitattributes", "kept export-ignore\n"), ("kept", "kept"), ("model.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"));

        var pushed = (await git.RunAsync("push", Remote(api), "main")).Succeeded();

        Assert.Contains("Git LFS keeps the content of model.bin", pushed.Errors, StringComparison.Ordinal);
        Assert.Equal("kept", Assert.Single(api.House.Running("demo", "web")).Image.Files["/kept"]);
    }

    [Fact]
    public async Task Submodules_come_along_and_those_that_cannot_are_named()
    {
        await using var api = await StartAsync();
        api.House.Control.Apps.Create("lib");
        using var lib = await GitClient.NewAsync(Dockerfile);
        var commit = await lib.CommitAsync(("lib.txt", "from the library"));
        (await lib.RunAsync("push", Remote(api, "lib"), "main")).Succeeded();
        using var git = await GitClient.NewAsync(Dockerfile);
        await WithSubmoduleAsync(git, Remote(api, "lib"), commit);

        var pushed = (await git.RunAsync("push", Remote(api), "main")).Succeeded();

        Assert.Contains("Fetching submodule vendor/lib", pushed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("berth_", pushed.Errors.Replace(Remote(api), "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("from the library", Assert.Single(api.House.Running("demo", "web")).Image.Files["/vendor/lib/lib.txt"]);

        await WithSubmoduleAsync(git, "../lib.git", commit);
        Assert.Contains("submodule vendor/lib has the URL ../lib.git", (await git.RunAsync("push", Remote(api), "main")).Failed().Errors, StringComparison.Ordinal);
        await WithSubmoduleAsync(git, Remote(api, "nothing"), commit);
        Assert.Contains("submodule vendor/lib could not be fetched", (await git.RunAsync("push", Remote(api), "main")).Failed().Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(api.House.Options.BuildsFolder));
    }

    [Fact]
    public async Task A_push_over_the_limit_is_refused()
    {
        await using var api = await StartAsync(new GitOptions { MaxPushBytes = 10_000 });
        using var git = await GitClient.NewAsync(Dockerfile);
        await git.CommitAsync(("large", Noise(100_000)));

        Assert.Contains("exceeds maximum allowed size", (await git.RunAsync("push", Remote(api), "main")).Failed().Errors, StringComparison.Ordinal);

        Assert.Empty((await git.RunAsync("ls-remote", Remote(api))).Succeeded().Output);
        Assert.Empty(api.House.Stores.Deployments.List("demo", 10));
    }

    [Fact]
    public async Task A_push_larger_than_what_the_client_sends_at_once_comes_in_pieces()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        var large = Noise(8_000_000);
        await git.CommitAsync(("large", large));

        (await git.RunAsync("push", Remote(api), "main")).Succeeded();

        Assert.Equal(large, Assert.Single(api.House.Running("demo", "web")).Image.Files["/large"]);
    }

    [Fact]
    public async Task A_repository_over_its_limit_is_emptied_and_the_next_push_sends_all_again()
    {
        await using var api = await StartAsync(new GitOptions { MaxRepositoryBytes = 1 });
        using var git = await GitClient.NewAsync(Dockerfile);
        (await git.RunAsync("push", Remote(api), "main")).Succeeded();
        var commit = await git.CommitAsync(("more", "more"));

        (await git.RunAsync("push", Remote(api), "main")).Succeeded();

        Assert.StartsWith(commit, (await git.RunAsync("ls-remote", Remote(api), "refs/heads/main")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_app_takes_its_repository_along()
    {
        await using var api = await StartAsync();
        using var git = await GitClient.NewAsync(Dockerfile);
        (await git.RunAsync("push", Remote(api), "main")).Succeeded();
        Assert.True(Directory.Exists(api.House.Options.RepositoryOf("demo")));

        api.House.Control.Apps.Delete("demo");

        await Eventually.HoldsAsync(() => api.House.Stores.Apps.Find("demo") is null);
        Assert.False(Directory.Exists(api.House.Options.RepositoryOf("demo")));
    }

    private static async Task<ApiUnderTest> StartAsync(GitOptions? options = null)
    {
        var api = await ApiUnderTest.StartAsync(add: (services => services.AddSingleton(options ?? new GitOptions()), _ => { }));
        Assert.Null(api.House.Control.Apps.Create("demo").Error);
        return api;
    }

    private static string Remote(ApiUnderTest api, string app = "demo") =>
        new UriBuilder(new Uri(api.Client.BaseAddress!, $"git/{app}.git")) { UserName = "anybody", Password = api.Client.DefaultRequestHeaders.Authorization!.Parameter }.Uri.AbsoluteUri;

    /// <summary>Text that does not become much shorter when it is packed.</summary>
    private static string Noise(int length)
    {
        var random = new Random(1);
        return string.Create(length, random, (text, source) => source.GetItems("0123456789abcdef".AsSpan(), text));
    }

    private static async Task WithSubmoduleAsync(GitClient git, string url, string commit)
    {
        await File.WriteAllTextAsync(Path.Combine(git.Path, ".gitmodules"), $"[submodule \"a.library\"]\n\tpath = vendor/lib\n\turl = {url}\n", Ct);
        (await git.RunAsync("update-index", "--add", "--cacheinfo", $"160000,{commit},vendor/lib")).Succeeded();
        (await git.RunAsync("add", ".gitmodules")).Succeeded();
        (await git.RunAsync("commit", "--quiet", "--message=submodule")).Succeeded();
    }
}
