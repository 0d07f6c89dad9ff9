using System.Globalization;

namespace Berth.EndToEnd.Tests;

/// <summary>
/// <c>kill -9</c> of Berth's own programs while an app is used: visitors notice nothing, what was under way is finished or given up, and nothing is
/// left over.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string App = "survivor";
    private const int Kills = 20;
    private const int LatestKillMilliseconds = 1500;

    [Fact]
    public async Task Killing_berthd_at_twenty_moments_fails_no_request_and_leaves_one_of_the_two_legal_states()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var berth = await BerthServer.StartNewAsync(ct);
        await using var images = await Images.MakeAsync(ct);
        (await berth.CliAsync("create", App)).Succeeded();
        (await berth.CliAsync("env", "set", "GREETING=g0", "-a", App)).Succeeded();
        (await berth.CliAsync("deploy", "--image", images.Of(0), "-a", App)).Succeeded();
        var legal = await StateAsync(berth);
        await using var load = SteadyLoad.On(berth, App);

        for (var kill = 1; kill <= Kills; kill++)
        {
            var change = Change.Next(legal, kill, images);
            var moment = TimeSpan.FromMilliseconds(random.Next(LatestKillMilliseconds));
            output.WriteLine($"{kill}: berth {string.Join(' ', change.Words)}, killed after {moment.TotalMilliseconds} ms");
            legal = await KilledDuringAsync(berth, change, moment, ct);
            output.WriteLine($"   → {legal}");
            await load.AnsweredAsync(20, ct);
        }

        await load.EndWithoutFailureAsync(atLeast: Kills * 20);
    }

    [Fact]
    public async Task A_killed_router_is_started_again_and_routes_as_before()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var berth = await BerthServer.StartNewAsync(ct);
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", App)).Succeeded();
        using var router = berth.FindRouter();
        await berth.KillAsync();
        Assert.Equal("\n", await berth.PageAsync(App));
        await berth.StartAsync(ct);
        using (var found = berth.FindRouter())
            Assert.Equal(router.Id, found.Id);

        router.Kill();
        await router.WaitForExitAsync(ct);

        await Eventually.TrueAsync("the app answers again", async () =>
        {
            try
            {
                return (await berth.GetAsync(App)).Status == 200;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, ct);
        (await berth.CliAsync("env", "set", "GREETING=routed", "-a", App)).Succeeded();
        Assert.Equal("routed\n", await berth.PageAsync(App));
    }

    [Fact]
    public async Task A_router_that_is_told_otherwise_takes_over_and_no_request_fails()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var berth = await BerthServer.StartNewAsync(ct);
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", App)).Succeeded();
        (await berth.CliAsync("route", "allow", $"{App}.localhost", "192.0.2.7", "127.0.0.1")).Succeeded();
        using var first = berth.FindRouter();
        await using var load = SteadyLoad.On(berth, App);
        await load.AnsweredAsync(50, ct);

        await berth.KillAsync();
        await berth.StartAsync(ct, "--trust", "127.0.0.0/8", "--access-log", "combined", "--waiting-page", "3s");
        await first.WaitForExitAsync(ct);
        await load.AnsweredAsync(50, ct);
        await load.EndWithoutFailureAsync(100);

        using var second = berth.FindRouter();
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(200, await StatusForAsync(berth, "192.0.2.7", ct));
        Assert.Equal(403, await StatusForAsync(berth, "192.0.2.8", ct));
        var log = Path.Combine(berth.StateFolder, "router", "access.log");
        await Eventually.TrueAsync("the log has its new form", async () => (await File.ReadAllTextAsync(log, ct)).Contains("\"GET / HTTP/1.1\" 200 ", StringComparison.Ordinal), ct);
    }

    /// <summary>What a proxy in front gets for somebody behind it.</summary>
    private static async Task<int> StatusForAsync(BerthServer berth, string visitor, CancellationToken ct)
    {
        using var request = berth.Request(HttpMethod.Get, App, "/");
        request.Headers.Add("X-Forwarded-For", visitor);
        using var response = await berth.Visitor.SendAsync(request, ct);
        return (int)response.StatusCode;
    }

    [Fact]
    public async Task A_server_that_was_taken_down_leaves_no_sandbox_and_starts_its_apps_again()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var berth = await BerthServer.StartNewAsync(ct);
        await using var image = await TinyImage.MakeWebAsync(ct);
        (await berth.CliAsync("deploy", "--image", image.Reference, "-a", App)).Succeeded();
        (await berth.CliAsync("env", "set", "GREETING=back", "-a", App)).Succeeded();
        var sandbox = (string)Assert.Single(await berth.RunningAsync(App, "cmd"))["id"]!;

        await berth.DownAsync();
        Assert.Empty(await berth.Engine.ContainersAsync($"berth.sandbox={sandbox}", ct));
        await berth.StartAsync(ct);

        Assert.Equal("back\n", await berth.PageAsync(App));
        Assert.Equal("v2", (string)(await berth.AppAsync(App))["release"]!);
    }

    /// <summary>Begins the change, kills berthd, starts it again, and returns the state in which the app has settled, which is one of the two legal ones.</summary>
    private static async Task<AppAsSeen> KilledDuringAsync(BerthServer berth, Change change, TimeSpan moment, CancellationToken ct)
    {
        var call = berth.CliAsync(change.Words);
        await Task.Delay(moment, TimeProvider.System, ct);
        await berth.KillAsync();
        await berth.StartAsync(ct);
        var result = await call;

        await Eventually.BecomesAsync("the app has settled", () => UnsettledAsync(berth, ct), unsettled => unsettled is null, ct);
        var after = await StateAsync(berth);
        Assert.True(after == change.After || (after == change.Before && result.ExitCode != 0),
            $"{after} is neither {change.Before} nor {change.After}, or the change was acknowledged and is lost\n{result}\nberthd's log:\n{berth.ReadLog()}");
        return after;
    }

    /// <summary>What the app is like by what it answers and by what Berth says, which must agree.</summary>
    private static async Task<AppAsSeen> StateAsync(BerthServer berth)
    {
        var app = await berth.AppAsync(App);
        var words = (await berth.PageAsync(App)).Trim().Split(' ');
        var web = app["services"]!.AsArray().Single()!;
        return new AppAsSeen((string)app["release"]!, words[0], words[1], (int)web["desired"]!);
    }

    /// <summary>What is not yet as it should be in the end; null: all is.</summary>
    private static async Task<string?> UnsettledAsync(BerthServer berth, CancellationToken ct)
    {
        var history = (await berth.CliAsync("app", "history", App, "--format", "json")).Succeeded().Json.AsArray();
        if (history.FirstOrDefault(d => (string)d!["outcome"]! == "running") is { } running)
            return $"deployment {running["id"]} runs";
        var app = await berth.AppAsync(App);
        var version = (string)app["version"]!;
        var desired = (int)app["services"]!.AsArray().Single()!["desired"]!;
        if ((string)app["status"]! != "running")
            return $"its status is {app["status"]}";
        // The engine, asked directly: exactly the active release's sandboxes, and each of them known to Berth.
        var containers = await berth.Engine.ContainersAsync($"berth.app={App}", ct);
        var owner = containers.Select(c => c.Labels["berth.owner"]).Distinct();
        var strange = containers.Where(c => c.State != "running" || c.Labels["berth.release"] != version).Select(c => $"{c.Labels["berth.sandbox"]} ({c.State}, {c.Labels["berth.release"]})");
        if (strange.Any() || containers.Count != desired || owner.Count() != 1)
            return $"the engine has {containers.Count} of {desired} containers of {version}, and {string.Join(", ", strange)}";
        var known = (await berth.SandboxesAsync(App)).Select(s => (string)s["id"]!).Order(StringComparer.Ordinal);
        if (!known.SequenceEqual(containers.Select(c => c.Labels["berth.sandbox"]).Order(StringComparer.Ordinal)))
            return $"berth sandbox list knows {string.Join(", ", known)}";
        var networks = await berth.Engine.NetworksAsync($"berth.owner={owner.Single()}", ct);
        return networks.Count == 1 ? null : $"the networks are {string.Join(", ", networks)}";
    }

    /// <summary>An app from outside. <paramref name="Image"/> and <paramref name="Greeting"/> are what its page shows.</summary>
    private sealed record AppAsSeen(string Release, string Image, string Greeting, int Web);

    /// <summary>A command that leads from one legal state to another.</summary>
    private sealed record Change(string[] Words, AppAsSeen Before, AppAsSeen After)
    {
        /// <summary>A deployment, new config and another count by turns; each differs from what is there.</summary>
        public static Change Next(AppAsSeen now, int number, Images images)
        {
            var next = now with { Release = "v" + (int.Parse(now.Release[1..], CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture) };
            var image = now.Image == "i0" ? 1 : 0;
            var count = now.Web % 3 + 1;
            return (number % 3) switch
            {
                0 => new(["scale", $"cmd={count}", "-a", App], now, now with { Web = count }),
                1 => new(["deploy", "--image", images.Of(image), "-a", App], now, next with { Image = $"i{image}" }),
                _ => new(["env", "set", $"GREETING=g{number}", "-a", App], now, next with { Greeting = $"g{number}" }),
            };
        }
    }

    /// <summary>Two images whose pages tell them apart.</summary>
    private sealed class Images(TinyImage first, TinyImage second) : IAsyncDisposable
    {
        public static async Task<Images> MakeAsync(CancellationToken ct) => new(await MakeAsync("i0", ct), await MakeAsync("i1", ct));

        public string Of(int number) => number == 0 ? first.Reference : second.Reference;

        public async ValueTask DisposeAsync()
        {
            await first.DisposeAsync();
            await second.DisposeAsync();
        }

        private static Task<TinyImage> MakeAsync(string name, CancellationToken ct) =>
            TinyImage.MakeAsync(ct, $"CMD echo \"{name} $GREETING\" >/www/index.html; exec httpd -f -p $PORT -h /www");
    }
}
