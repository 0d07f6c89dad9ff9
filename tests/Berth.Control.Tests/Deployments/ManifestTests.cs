using System.Text;
using Berth.Control.Deployments;
using Berth.Definitions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Control.Tests.Deployments;

/// <summary>What a Cloud Foundry manifest does to an app beyond its services: routes and config.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task Its_variables_replace_what_a_person_set_and_stay_when_it_names_them_no_more()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await house.SetEnvAsync("demo", "GREETING", "by hand");
        await house.SetEnvAsync("demo", "KEPT", "yes");

        Assert.Equal(DeploymentOutcome.Succeeded, (await PushAsync(house, "demo", "  env: { GREETING: ((greeting)) }", "greeting=hello")).Outcome);
        Assert.Equal([new("GREETING", "hello"), new("KEPT", "yes")], house.Active("demo").Env);

        Assert.True((await PushAsync(house, "demo", "")).Unchanged);
        Assert.Equal([new("GREETING", "hello"), new("KEPT", "yes")], house.Active("demo").Env);
    }

    [Fact]
    public async Task Its_routes_are_added_also_where_nothing_else_differs()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await PushAsync(house, "demo", "");
        Assert.True((await PushAsync(house, "demo", "  routes: [ { route: shop.example.com } ]")).Unchanged);
        Assert.Equal(["shop.example.com", "demo.localhost"], Hosts(house));
    }

    [Fact]
    public async Task A_route_with_a_path_leads_only_that_path_to_it()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await PushAsync(house, "demo", "  routes: [ { route: Shop.example.com/Api/ } ]");
        Assert.Equal("/Api", Assert.Single(house.Router.Table.Hosts, h => h.Host == "shop.example.com").Path);
    }

    [Fact]
    public async Task A_host_of_another_app_fails_the_deployment_and_changes_nothing()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        house.Control.Apps.Create("other");
        var result = await PushAsync(house, "demo", "  routes: [ { route: shop.example.com }, { route: other.localhost } ]");
        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Contains("other.localhost leads to another app", result.Error, StringComparison.Ordinal);
        Assert.Equal(["demo.localhost", "other.localhost"], Hosts(house));
    }

    [Fact]
    public async Task No_route_takes_all_away_and_the_apps_own_comes_back_without_it()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await PushAsync(house, "demo", "  routes: [ { route: shop.example.com } ]");
        await PushAsync(house, "demo", "  no-route: true");
        Assert.Empty(Hosts(house));
        Assert.Null(house.Control.Routes.Default);
        await PushAsync(house, "demo", "");
        Assert.Equal(["demo.localhost"], Hosts(house));
    }

    [Fact]
    public async Task A_random_route_is_added_once()
    {
        await using var house = await ControlUnderTest.StartAsync();
        house.Control.Apps.Create("demo");
        await PushAsync(house, "demo", "  random-route: true");
        var first = Hosts(house);
        Assert.Matches("^demo-[a-z]+-[a-z]+\\.localhost$", first[0]);
        await PushAsync(house, "demo", "  random-route: true");
        Assert.Equal(first, Hosts(house));
    }

    /// <summary>Pushes an application that runs <see cref="ControlUnderTest.Image"/>, as the command line does.</summary>
    private static async Task<DeploymentResult> PushAsync(ControlUnderTest house, string app, string keys, params string[] variables)
    {
        var manifest = $"applications:\n- name: {app}\n  command: serve\n  docker: {{ image: \"{ControlUnderTest.Image}\" }}\n{keys}\n";
        var pushed = new PushedDefinition(new ChosenFile("manifest.yml", Encoding.UTF8.GetBytes(manifest)), [], variables);
        var archive = await house.ArchiveAsync(pushed.ToFiles().ToDictionary(file => file.Path, file => Encoding.UTF8.GetString(file.Bytes)));
        return await house.EndOfAsync(ControlUnderTest.Id(house.Control.Deployments.DeploySource(house.Stores.Apps.Find(app)!, archive, commit: null, force: false)));
    }

    private static IReadOnlyList<string> Hosts(ControlUnderTest house) => [.. house.Control.Routes.List().Select(route => route.Host)];
}
