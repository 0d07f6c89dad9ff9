namespace Berth.EndToEnd.Tests;

/// <summary>Cloud Foundry manifests, deployed as <c>cf push</c> would.</summary>
public sealed class ManifestTests(SharedServer shared)
{
    private const string Page = "cloudfoundry-multiple-processes.md";

    [Fact]
    public async Task A_manifest_of_two_applications_deploys_both_with_their_counts_memory_variables_and_routes()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        using var source = SourceFolder.With(
            ("manifest.yml", $"""
                common: &common
                  memory: 96M
                applications:
                - name: mf-shop
                  <<: *common
                  path: shop
                  instances: ((count))
                  env: {"{"} GREETING: ((greeting)), DEBUG: "false" {"}"}
                  routes: [ {"{"} route: mf-shop.example.com {"}"} ]
                  processes:
                  - type: worker
                    command: "{TinyImage.Worker}"
                    instances: 1
                    memory: 32M
                - name: mf-back
                  <<: *common
                  docker: {"{"} image: "{image.Reference}" {"}"}
                  no-route: true
                """),
            ("values.yml", "greeting: from a file\ncount: 2\n"),
            ("shop/Dockerfile", $"FROM {image.Reference}\n"),
            ("shop/Procfile", $"web: {TinyImage.Web}\nclock: {TinyImage.Worker}\n"));
        (await berth.CliAsync("create", "mf-shop")).Succeeded();
        (await berth.CliAsync("env", "set", "-a", "mf-shop", "GREETING=by hand", "KEPT=yes")).Succeeded();

        var pushed = (await berth.CliAsync("push", source.Path, "--vars-file", Path.Combine(source.Path, "values.yml"), "--var", "greeting=hello")).Succeeded();

        Assert.Contains("mf-shop v1 deployed", pushed.Stdout, StringComparison.Ordinal);
        Assert.Contains("mf-back v1 deployed", pushed.Stdout, StringComparison.Ordinal);
        Assert.Equal("hello\n", await berth.PageAsync("mf-shop"));
        var routes = (await berth.CliAsync("route", "list")).Succeeded().Stdout;
        Assert.Contains("mf-shop.example.com", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("mf-back", routes, StringComparison.Ordinal);
        Assert.Contains("KEPT", (await berth.CliAsync("env", "list", "-a", "mf-shop")).Succeeded().Stdout, StringComparison.Ordinal);
        await Eventually.TrueAsync("two web sandboxes of 96 MiB, one worker of 32 MiB and no clock run", async () =>
            await LimitsAsync(berth, "mf-shop", "web", ct) is [96 << 20, 96 << 20] && await LimitsAsync(berth, "mf-shop", "worker", ct) is [32 << 20] && await LimitsAsync(berth, "mf-shop", "clock", ct) is [], ct);
        Assert.Single(await berth.RunningAsync("mf-back", "web"));
    }

    [Fact]
    public async Task A_failing_application_is_named_and_ends_the_deployment_of_those_after_it()
    {
        var berth = await shared.StartedAsync();
        using var source = SourceFolder.With(
            ("manifest.yml", "applications:\n- name: mf-none\n  docker: { image: berth-e2e/not-there:1 }\n- name: mf-after\n  docker: { image: berth-e2e/not-there:1 }\n"));

        var failed = await berth.CliAsync("deploy", source.Path);

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("mf-none: failed", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("not deployed after that: mf-after", failed.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("mf-after", (await berth.CliAsync("app", "list")).Succeeded().Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_manifest_runs_one_web_and_two_workers_with_their_memory()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        var manifest = string.Join('\n', ReferencePage.Read(Page).BlockFrom("applications:")).Replace("multi-process", "mf-page", StringComparison.Ordinal);
        using var source = SourceFolder.With(("manifest.yml", manifest), ("main.js", CloudFoundryTests.Main), ("package.json", "{}"));

        (await berth.CliAsync("push", source.Path, "--random-route")).Succeeded();

        Assert.Contains("mf-page-", (await berth.CliAsync("route", "list")).Succeeded().Stdout, StringComparison.Ordinal);
        await Eventually.TrueAsync("one web sandbox of 64 MiB and two workers of 32 MiB run", async () =>
            await LimitsAsync(berth, "mf-page", "web", ct) is [64 << 20] && await LimitsAsync(berth, "mf-page", "worker", ct) is [32 << 20, 32 << 20], ct);
    }

    /// <summary>The memory of each running sandbox.</summary>
    private static async Task<List<long>> LimitsAsync(BerthServer berth, string app, string service, CancellationToken ct)
    {
        var limits = new List<long>();
        foreach (var sandbox in await berth.RunningAsync(app, service))
            limits.Add((long)(await berth.Engine.InspectAsync((string)sandbox["id"]!, ct))["HostConfig"]!["Memory"]!);
        return limits;
    }
}
