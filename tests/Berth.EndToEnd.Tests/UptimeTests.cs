namespace Berth.EndToEnd.Tests;

/// <summary>
/// Two apps are visited all the time, about 200 times a second, while everything happens to them that is to be unnoticed: deployments, new config, other
/// counts, rollbacks, builds that fail, releases that crash, and a <c>berthd</c> that is killed. <c>BERTH_TEST_UPTIME_ROUNDS</c> sets how many rounds, each of
/// a deployment and one other change of both apps: <c>BERTH_TEST_UPTIME_ROUNDS=30 ./test e2e</c> takes some minutes more.
/// <para>Last run with 30, on 2 processors on which much else ran: 57,660 pages, 1,838 streams and 1,238 WebSockets, none of which failed or
/// broke, during 60 deployments, 20 rollbacks, 10 changes of config and 10 of counts, 10 failed builds, 10 crash-looping releases, and 5 kills in the middle of 10 deployments more.</para>
/// </summary>
public sealed class UptimeTests(ITestOutputHelper output)
{
    private const string Pages = "uptime-pages";
    private const string Sockets = "uptime-sockets";

    /// <summary>Each kind of change once.</summary>
    private const int DefaultRounds = 6;

    private static readonly string[] Apps = [Pages, Sockets];

    [Fact]
    public async Task No_request_fails_and_no_open_connection_breaks_whatever_happens_to_the_apps()
    {
        var ct = TestContext.Current.CancellationToken;
        var rounds = TestEnvironment.Number("BERTH_TEST_UPTIME_ROUNDS", DefaultRounds);
        await using var berth = await BerthServer.StartNewAsync(ct);
        await using var images = await Images.MakeAsync(ct);
        await BothAsync(berth, app => ["deploy", "--image", images.Of(app, 0), "-a", app]);
        await using var pages = SteadyLoad.On(berth, Pages);
        await using var streams = SteadyLoad.Streaming(berth, Pages, visitors: 6);
        await using var sockets = SteadyLoad.WebSockets(berth, Sockets, visitors: 6);

        for (int round = 1; round <= rounds; round++)
        {
            await BothAsync(berth, app => ["deploy", "--force", "--image", images.Of(app, round % 2), "-a", app]);
            await ChangeAsync(berth, images, round, ct);
            await pages.AnsweredAsync(20, ct);
            Assert.StartsWith($"i{round % 2} ", await berth.PageAsync(Pages), StringComparison.Ordinal);
            output.WriteLine($"round {round}: {pages.Answered} pages, {streams.Answered} streams and {sockets.Answered} WebSockets so far");
        }

        await pages.EndWithoutFailureAsync(atLeast: rounds * 50);
        await streams.EndWithoutFailureAsync(atLeast: rounds * 2);
        await sockets.EndWithoutFailureAsync(atLeast: rounds * 2);
    }

    /// <summary>What happens beside the deployment; it leaves the round's image in force.</summary>
    private static async Task ChangeAsync(BerthServer berth, Images images, int round, CancellationToken ct)
    {
        switch (round % 6)
        {
            case 1:
                await BothAsync(berth, app => ["env", "set", $"GREETING=round {round}", "-a", app]);
                break;
            case 2:
                await BothAsync(berth, app => ["scale", $"cmd={round / 6 % 3 + 2}", "-a", app]);
                break;
            case 3:
                await BothAsync(berth, app => ["rollback", "-a", app]);
                await BothAsync(berth, app => ["rollback", "-a", app]);
                break;
            case 4:
                using (var broken = SourceFolder.With(("Dockerfile", $"FROM {images.Of(Pages, 0)}\nRUN echo this build fails; false\n")))
                    await BothAsync(berth, app => ["deploy", broken.Path, "-a", app], exitCode: 1);
                break;
            case 5:
                await BothAsync(berth, app => ["deploy", "--image", images.Crashing, "-a", app], exitCode: 1);
                break;
            default:
                var restarting = Task.WhenAll(Apps.Select(app => berth.CliAsync("deploy", "--force", "--image", images.Of(app, round % 2), "-a", app)));
                await berth.KillAsync();
                await berth.StartAsync(ct);
                await restarting;
                break;
        }
    }

    private static async Task BothAsync(BerthServer berth, Func<string, string[]> words, int exitCode = 0)
    {
        foreach (var result in await Task.WhenAll(Apps.Select(app => berth.CliAsync(words(app)))))
            result.Exited(exitCode);
    }

    /// <summary>Of each app two images that differ, and one that ends at once.</summary>
    private sealed class Images(IReadOnlyList<TinyImage> pages, IReadOnlyList<TinyImage> sockets, TinyImage crashing) : IAsyncDisposable
    {
        public string Crashing => crashing.Reference;

        public static async Task<Images> MakeAsync(CancellationToken ct) => new(
            [await TinyImage.MakeAsync(ct, "CMD " + UptimeImage.Pages("i0")), await TinyImage.MakeAsync(ct, "CMD " + UptimeImage.Pages("i1"))],
            [await TinyImage.MakeAsync(ct, "ENV NAME=i0", "CMD " + UptimeImage.Echo), await TinyImage.MakeAsync(ct, "ENV NAME=i1", "CMD " + UptimeImage.Echo)],
            await TinyImage.MakeAsync(ct, "CMD echo no database; exit 3"));

        public string Of(string app, int number) => (app == Pages ? pages : sockets)[number].Reference;

        public async ValueTask DisposeAsync()
        {
            foreach (var image in pages.Concat(sockets).Append(crashing))
                await image.DisposeAsync();
        }
    }
}
