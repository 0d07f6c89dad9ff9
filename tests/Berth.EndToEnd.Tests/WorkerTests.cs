namespace Berth.EndToEnd.Tests;

/// <summary>
/// A service without overlap never runs twice at once, proven by a lock that each of its processes takes at its start. <c>BERTH_TEST_WORKER_DEPLOYS</c> sets
/// over how many deployments.
/// </summary>
public sealed class WorkerTests
{
    private const string App = "lonely";
    private const int DefaultDeployments = 10;

    [Fact]
    public async Task A_worker_is_never_there_twice_however_often_it_is_deployed()
    {
        var ct = TestContext.Current.CancellationToken;
        var deployments = TestEnvironment.Number("BERTH_TEST_WORKER_DEPLOYS", DefaultDeployments);
        await using var locks = new LockService();
        await using var berth = await BerthServer.StartNewAsync(ct);
        await locks.OpenAsync(ct);
        await using var image = await TinyImage.MakeAsync(ct);
        using var files = SourceFolder.With(("Procfile", $"worker: {Worker(locks.Port)}\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(files.Path, "Procfile"), "-a", App)).Succeeded();

        for (int i = 1; i <= deployments; i++)
        {
            var taken = locks.Taken;
            // Also in the middle of a replacement that nobody is left to watch over.
            if (i % 5 == 0)
                await KilledAsync(berth, ["env", "set", $"N={i}", "-a", App], ct);
            else
                (await berth.CliAsync("env", "set", $"N={i}", "-a", App)).Succeeded();
            await Eventually.BecomesAsync("the new worker has the lock", () => Task.FromResult(locks.Taken), now => now > taken, ct);
        }

        Assert.Equal(0, locks.Violations);
        Assert.InRange(locks.Taken, deployments + 1, deployments * 2);
    }

    /// <summary>The lock tells two workers from one.</summary>
    [Fact]
    public async Task A_worker_that_may_overlap_is_seen_to_do_so()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var locks = new LockService();
        await using var berth = await BerthServer.StartNewAsync(ct);
        await locks.OpenAsync(ct);
        await using var image = await TinyImage.MakeAsync(ct);
        using var files = SourceFolder.With(("Procfile", $"worker: {Worker(locks.Port)}\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(files.Path, "Procfile"), "-a", App)).Succeeded();

        (await berth.CliAsync("scale", "worker=2", "-a", App)).Succeeded();

        await Eventually.BecomesAsync("the second worker is noticed", () => Task.FromResult(locks.Violations), seen => seen > 0, ct);
    }

    /// <summary>Holds the lock until its sandbox ends: what holds it is deaf to SIGTERM, and the worker takes a moment to finish.</summary>
    private static string Worker(int port) =>
        $"trap 'sleep 0.3; exit' TERM; (trap '' TERM; tail -f /dev/null | nc $(ip route | sed -n 's/default via \\([^ ]*\\).*/\\1/p') {port}) & wait";

    private static async Task KilledAsync(BerthServer berth, string[] words, CancellationToken ct)
    {
        var call = berth.CliAsync(words);
        await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System, ct);
        await berth.KillAsync();
        await berth.StartAsync(ct);
        // Given up where its release was not written yet; then once more, undisturbed.
        if ((await call).ExitCode != 0)
            (await berth.CliAsync(words)).Succeeded();
    }
}
