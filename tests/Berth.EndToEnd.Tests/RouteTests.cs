using System.Net;
using System.Net.Http.Headers;

namespace Berth.EndToEnd.Tests;

/// <summary>Routes and their rules, from the command line to the visitor.</summary>
public sealed class RouteTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Paths_passwords_maintenance_and_shares_hold_from_the_command_line_to_the_visitor()
    {
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(Ct);
        foreach (var app in (string[])["road", "lane"])
        {
            (await berth.CliAsync("create", app)).Succeeded();
            (await berth.CliAsync("env", "set", "-a", app, $"GREETING={app}")).Succeeded();
            (await berth.CliAsync("deploy", "--image", image.Reference, "-a", app)).Succeeded();
        }

        (await berth.CliAsync("route", "add", "road.localhost/index.html", "-a", "lane")).Succeeded();
        Assert.Equal(("road\n", "lane\n"), (await berth.PageAsync("road"), await berth.PageAsync("road", "/index.html")));
        (await berth.CliAsync("route", "add", "road.localhost/index.html/", "-a", "road")).Exited(1);

        (await berth.CliAsync("open sesame\n"u8.ToArray(), "route", "protect", "road.localhost", "--user", "ann")).Succeeded();
        Assert.Equal((401, 200), ((await berth.GetAsync("road")).Status, (await berth.GetAsync("road", "/index.html")).Status));
        using (var request = berth.Request(HttpMethod.Get, "road", "/"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("ann:open sesame"u8));
            using var response = await berth.Visitor.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        (await berth.CliAsync("route", "unprotect", "road.localhost")).Succeeded();

        (await berth.CliAsync("maintenance", "on", "-a", "road", "--retry-after", "120")).Succeeded();
        Assert.Equal(503, (await berth.GetAsync("road")).Status);
        Assert.Contains("for maintenance", (await berth.CliAsync("app", "road")).Succeeded().Stdout, StringComparison.Ordinal);
        (await berth.CliAsync("maintenance", "off", "-a", "road")).Succeeded();

        (await berth.CliAsync("env", "set", "-a", "road", "GREETING=new road")).Succeeded();
        (await berth.CliAsync("route", "split", "road.localhost", "v1=50%")).Succeeded();
        await Eventually.TrueAsync("both releases answer", async () => (await berth.PageAsync("road"), await berth.PageAsync("road")) is ("road\n", "new road\n") or ("new road\n", "road\n"), Ct);
        (await berth.CliAsync("route", "split", "road.localhost", "--none")).Succeeded();
        Assert.Equal(("new road\n", "new road\n"), (await berth.PageAsync("road"), await berth.PageAsync("road")));
    }
}
