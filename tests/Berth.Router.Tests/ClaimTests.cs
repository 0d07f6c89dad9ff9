using System.Collections.Concurrent;
using System.Net;
using Berth.Model;
using Berth.Router.Routing;
using Berth.Router.Rules;

namespace Berth.Router.Tests;

/// <summary>The promise that draining stands on: what a report calls idle and gone gets no request any more.</summary>
public sealed class ClaimTests
{
    private static RouterOptions Options => new() { Http = [new IPEndPoint(IPAddress.Loopback, 0)], ControlSocket = "", StateFolder = "" };

    private static RouteTable Table(long version, string sandbox) => new()
    {
        Version = version,
        Hosts = [],
        Apps = [new RoutedApp { Name = "demo", Sandboxes = [new RoutedSandbox(sandbox, "127.0.0.1", 80)], HoldWhenEmpty = true, StatusText = "" }],
    };

    [Fact]
    public async Task No_claim_is_made_on_a_sandbox_that_a_report_has_called_gone()
    {
        const int swaps = 20_000;
        var routes = new Routes(Options, new LoginQueue(1), TimeProvider.System, new ChangeSignal());
        var gone = new ConcurrentDictionary<string, bool>();
        var broken = 0;
        var claims = 0L;
        var done = false;
        routes.Apply(Table(0, "s0"));
        var claiming = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref done))
                {
                    using var claim = routes.TryClaim("demo");
                    Interlocked.Increment(ref claims);
                    if (gone.ContainsKey(claim!.Target.Load.Id))
                        Interlocked.Increment(ref broken);
                }
            },
            TaskCreationOptions.LongRunning)).ToList();
        for (int swap = 1; swap <= swaps; swap++)
        {
            routes.Apply(Table(swap, $"s{swap}"));
            var before = $"s{swap - 1}";
            while (routes.Report().InFlight.ContainsKey(before))
                await Task.Yield();
            gone[before] = true;
        }
        Volatile.Write(ref done, true);
        await Task.WhenAll(claiming);
        Assert.Equal(0, broken);
        Assert.True(claims > swaps / 10, $"only {claims} claims were made");
        Assert.Empty(routes.Report().InFlight);
        Assert.Equal(0, routes.Report().Apps.Sum(app => app.InFlight));
    }

    [Fact]
    public void A_sandbox_that_returns_keeps_its_count_also_at_a_new_address()
    {
        var routes = new Routes(Options, new LoginQueue(1), TimeProvider.System, new ChangeSignal());
        routes.Apply(Table(1, "s1"));
        using var claim = routes.TryClaim("demo");
        routes.Apply(Table(2, "other"));
        Assert.Equal(1, routes.Report().InFlight["s1"]);
        var back = Table(3, "s1");
        routes.Apply(back with { Apps = [back.Apps[0] with { Sandboxes = [new RoutedSandbox("s1", "127.0.0.2", 81)] }] });
        using (var second = routes.TryClaim("demo")!)
        {
            Assert.Equal("127.0.0.2", second.Target.EndPoint.Address.ToString());
            Assert.Equal(2, routes.Report().InFlight["s1"]);
        }
        Assert.Equal(1, routes.Report().InFlight["s1"]);
    }
}
