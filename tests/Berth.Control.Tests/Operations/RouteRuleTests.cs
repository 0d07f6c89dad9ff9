using Berth.Control.Operations;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Operations;

/// <summary>Routes with paths and rules, maintenance, and shares of other releases: what is kept, and what the router is told.</summary>
public sealed class RouteRuleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<RoutedHost> ChangeAsync(ControlUnderTest house, string address, RouteRuleChange change)
    {
        var changed = await house.Control.Routes.ChangeAsync(address, change, Ct);
        Assert.Null(changed.Error);
        return changed.Value;
    }

    private static async Task<string?> RefusalAsync(ControlUnderTest house, RouteRuleChange change) => (await house.Control.Routes.ChangeAsync("demo.localhost", change, Ct)).Error?.Code;

    [Fact]
    public async Task Paths_of_one_host_lead_to_several_apps()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await house.DeployNewAsync("api");
        Assert.Null((await house.Control.Routes.AddAsync("Shop.Example.com", house.Stores.Apps.Find("demo")!, Ct)).Error);
        Assert.Null((await house.Control.Routes.AddAsync("shop.example.com/api/", house.Stores.Apps.Find("api")!, Ct)).Error);
        Assert.Equal("host-taken", (await house.Control.Routes.AddAsync("shop.example.com/api", house.Stores.Apps.Find("demo")!, Ct)).Error?.Code);
        Assert.Equal(["demo", "api"], house.Router.Table.Hosts.Where(h => h.Host == "shop.example.com").Select(h => h.App));
        Assert.Equal(["http://shop.example.com:8080/api", "http://api.localhost:8080"], house.Control.Routes.UrlsOf("api"));
        Assert.Null((await house.Control.Routes.RemoveAsync("shop.example.com/api", Ct)).Error);
        Assert.Equal("route-not-found", (await house.Control.Routes.RemoveAsync("shop.example.com/api", Ct)).Error?.Code);
        Assert.Equal("demo", Assert.Single(house.Router.Table.Hosts, h => h.Host == "shop.example.com").App);
    }

    [Theory]
    [InlineData("shop.example.com//api")]
    [InlineData("shop.example.com/../api")]
    [InlineData("shop.example.com/%61pi")]
    [InlineData("shop.example.com/a b")]
    [InlineData("/api")]
    [InlineData("http://shop.example.com")]
    public async Task What_is_no_address_is_refused(string text)
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        Assert.Equal("bad-host", (await house.Control.Routes.AddAsync(text, house.Stores.Apps.Find("demo")!, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Rules_are_in_force_at_once_and_after_a_restart_until_the_route_is_removed()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await ChangeAsync(house, "demo.localhost", new() { Login = ("ann", "open sesame"), Allow = ["192.0.2.7", "10.0.0.0/8", "192.0.2.7/32"] });
        await ChangeAsync(house, "demo.localhost", new() { ResponseTimeout = TimeSpan.FromSeconds(3) });
        await house.RestartAsync();
        var rules = Assert.Single(house.Router.Table.Hosts).Rules!;
        Assert.Equal(("ann", true), (rules.Login!.User, PasswordHash.Verify("open sesame", rules.Login.PasswordHash)));
        Assert.DoesNotContain("sesame", rules.Login.PasswordHash, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.7/32", "10.0.0.0/8"], rules.Allow);
        Assert.Equal(TimeSpan.FromSeconds(3), rules.ResponseTimeout);
        await house.Control.Routes.RemoveAsync("demo.localhost", Ct);
        Assert.Null(Assert.Single(house.Router.Table.Hosts).Rules);
    }

    [Fact]
    public async Task Rules_that_are_all_taken_back_leave_none()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await ChangeAsync(house, "demo.localhost", new() { Login = ("ann", "x"), Allow = ["::/0"], ResponseTimeout = TimeSpan.FromSeconds(1) });
        Assert.Null((await ChangeAsync(house, "demo.localhost", new() { Login = ("", ""), Allow = [], ResponseTimeout = TimeSpan.Zero })).Rules);
    }

    [Fact]
    public async Task What_cannot_be_a_rule_is_refused()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        Assert.Equal("bad-timeout", await RefusalAsync(house, new() { ResponseTimeout = TimeSpan.FromDays(2) }));
        Assert.Equal("bad-user", await RefusalAsync(house, new() { Login = ("a:b", "x") }));
        Assert.Equal("bad-password", await RefusalAsync(house, new() { Login = ("ann", "") }));
        Assert.Equal("bad-network", await RefusalAsync(house, new() { Allow = ["10.0.0.0/33"] }));
        Assert.Equal("bad-share", await RefusalAsync(house, new() { Split = new RouteSplit("v1", 100) }));
        Assert.Equal("release-not-found", await RefusalAsync(house, new() { Split = new RouteSplit("v7", 10) }));
        Assert.Equal("share-of-active", await RefusalAsync(house, new() { Split = new RouteSplit("v1", 10) }));
        Assert.Null(Assert.Single(house.Router.Table.Hosts).Rules);
    }

    [Fact]
    public async Task Maintenance_outlasts_a_restart_and_ends_when_told()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        var app = house.Stores.Apps.Find("demo")!;
        Assert.Equal("bad-retry-after", (await house.Control.Routes.BeginMaintenanceAsync(app, TimeSpan.Zero, Ct)).Error?.Code);
        Assert.Null((await house.Control.Routes.BeginMaintenanceAsync(app, TimeSpan.FromMinutes(2), Ct)).Error);
        await house.RestartAsync();
        Assert.Equal(TimeSpan.FromMinutes(2), Assert.Single(house.Router.Table.Apps).Maintenance!.RetryAfter);
        await house.Control.Routes.EndMaintenanceAsync(app, Ct);
        Assert.Null(Assert.Single(house.Router.Table.Apps).Maintenance);
    }

    [Fact]
    public async Task A_share_runs_the_other_release_beside_the_active_one_until_it_is_taken_back()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await house.SetEnvAsync("demo", "GREETING", "hello");
        await Eventually.HoldsAsync(() => house.Running("demo", "web").Count == 1);

        await ChangeAsync(house, "demo.localhost", new() { Split = new RouteSplit("v1", 10) });
        await Eventually.HoldsAsync(() => house.Router.Routed("demo@v1").Count == 1);
        Assert.Equal(2, house.Running("demo", "web").Count);
        Assert.NotEqual(house.Router.Routed("demo"), house.Router.Routed("demo@v1"));
        await house.RestartAsync();
        Assert.Single(house.Router.Routed("demo@v1"));

        await ChangeAsync(house, "demo.localhost", new() { Split = new RouteSplit("", 0) });
        await Eventually.HoldsAsync(() => house.Running("demo", "web").Count == 1);
        Assert.Equal([house.Running("demo", "web")[0].Name], house.Router.Routed("demo"));
        Assert.Empty(house.Router.Routed("demo@v1"));
    }

    [Fact]
    public async Task A_release_with_a_share_stays_through_a_deployment()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        await house.SetEnvAsync("demo", "GREETING", "hello");
        await ChangeAsync(house, "demo.localhost", new() { Split = new RouteSplit("v1", 10) });
        await Eventually.HoldsAsync(() => house.Router.Routed("demo@v1").Count == 1);
        var beside = house.Router.Routed("demo@v1");

        await house.SetEnvAsync("demo", "GREETING", "goodbye");
        await Eventually.HoldsAsync(() => house.Running("demo", "web").Count == 2);
        Assert.Equal(beside, house.Router.Routed("demo@v1"));
    }
}
