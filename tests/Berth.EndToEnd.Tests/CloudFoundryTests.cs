namespace Berth.EndToEnd.Tests;

/// <summary>The tutorial of Cloud Foundry's page about multiple processes. Its app is declared by Procfile here and by its manifest in <see cref="ManifestTests"/>; its commands are read out of the page.</summary>
public sealed class CloudFoundryTests(SharedServer shared)
{
    private const string Page = "cloudfoundry-multiple-processes.md";

    /// <summary>The tutorial's app: one program that is told by a word which process it is.</summary>
    internal const string Main = """
        if (process.argv[2] === "web")
          require("node:http").createServer((request, response) => response.end(`web ${process.env.BERTH_SANDBOX}\n`)).listen(process.env.PORT);
        else
          setInterval(() => console.log("working"), 1000);
        for (const signal of ["SIGTERM", "SIGINT"])
          process.on(signal, () => process.exit(0));

        """;

    [Fact]
    public async Task The_tutorials_app_is_scaled_process_by_process_and_entered()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        var page = ReferencePage.Read(Page);
        string[] commands = [.. page.BlockFrom("applications:").Where(l => l.Contains("command: ", StringComparison.Ordinal)).Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 2)..])];
        using var source = SourceFolder.With(("Procfile", $"web: {commands[0]}\nworker: {commands[1]}\n"), ("main.js", Main), ("package.json", "{}"));
        (await berth.CliAsync("deploy", source.Path, "-a", "multi-process")).Succeeded();

        (await berth.CliAsync(Words(page, "cf scale multi-process --process web"))).Succeeded();
        (await berth.CliAsync(Words(page, "cf scale multi-process --process worker"))).Succeeded();

        await Eventually.TrueAsync("two web and three worker sandboxes run", async () =>
            (await berth.RunningAsync("multi-process", "web")).Count == 2 && (await berth.RunningAsync("multi-process", "worker")).Count == 3, ct);
        await Eventually.TrueAsync("both web sandboxes answer", async () => await AnswersAsync(berth, "multi-process", tries: 8) == 2, ct);
        var entered = (await berth.CliAsync([.. Words(page, "cf ssh multi-process"), "-c", "echo $BERTH_SERVICE"])).Succeeded();
        Assert.Equal("web\n", entered.Stdout);
        var shown = (await berth.CliAsync(Words(page, "cf app multi-process"))).Succeeded().Stdout;
        Assert.Contains("2/2", shown, StringComparison.Ordinal);
        Assert.Contains("3/3", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_memory_limit_is_applied_to_new_sandboxes_of_the_process()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", "cf-memory")).Succeeded();

        (await berth.CliAsync("scale", "cf-memory", "--process", "cmd", "-i", "2", "-m", "256M")).Succeeded();

        await Eventually.TrueAsync("two sandboxes with 256 MiB run", async () =>
        {
            var limits = new List<long>();
            foreach (var sandbox in await berth.RunningAsync("cf-memory", "cmd"))
                limits.Add((long)(await berth.Engine.InspectAsync((string)sandbox["id"]!, ct))["HostConfig"]!["Memory"]!);
            return limits is [256 << 20, 256 << 20];
        }, ct);
        await berth.PageAsync("cf-memory");
    }

    /// <summary>A command of the page, for <c>berth</c> in place of <c>cf</c>.</summary>
    private static string[] Words(ReferencePage page, string command) => page.BlockFrom(command)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];

    private static async Task<int> AnswersAsync(BerthServer berth, string app, int tries)
    {
        var answers = new HashSet<string>();
        for (var i = 0; i < tries; i++)
            answers.Add(await berth.PageAsync(app));
        return answers.Count;
    }
}
