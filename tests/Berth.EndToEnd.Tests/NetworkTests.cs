using System.Net.Sockets;
using Berth.Testing;

namespace Berth.EndToEnd.Tests;

/// <summary>What a sandbox can reach of apps, and what it cannot, tried from inside.</summary>
public sealed class NetworkTests(SharedServer shared)
{
    [Fact]
    public async Task A_service_is_found_by_its_three_names_and_nobody_elses_is()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("Procfile", $"web: {TinyImage.Web}\nstore: echo stored >/www/index.html; exec httpd -f -p 6000 -h /www\n"));
        foreach (var app in new[] { "net-one", "net-two" })
            (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(source.Path, "Procfile"), "-a", app)).Succeeded();
        using var lone = SourceFolder.With(("Procfile", $"web: {TinyImage.Web}\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(lone.Path, "Procfile"), "-a", "net-lone")).Succeeded();

        var address = AddressOf(Assert.Single(await berth.RunningAsync("net-one", "store")));
        foreach (var name in new[] { "store", "store.app.miren", "store.app.berth" })
        {
            Assert.Equal("stored\n", (await InsideAsync(berth, "net-one", $"wget -q -O - http://{name}:6000/")).Succeeded().Stdout);
            Assert.Contains(address, (await InsideAsync(berth, "net-one", $"nslookup {name}")).Stdout, StringComparison.Ordinal);
            Assert.DoesNotContain(address, (await InsideAsync(berth, "net-two", $"nslookup {name}")).Stdout, StringComparison.Ordinal);
            Assert.NotEqual(0, (await InsideAsync(berth, "net-lone", $"wget -q -T 3 -O - http://{name}:6000/")).ExitCode);
        }
    }

    [Fact]
    public async Task Another_apps_sandboxes_and_the_platforms_API_are_out_of_reach()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeWebAsync(ct);
        foreach (var app in new[] { "wall-one", "wall-two" })
            (await berth.CliAsync("deploy", "--image", image.Reference, "-a", app)).Succeeded();
        var sandbox = Assert.Single(await berth.RunningAsync("wall-one", "cmd"));
        var address = AddressOf(sandbox);
        Assert.Equal("\n", (await InsideAsync(berth, "wall-one", $"wget -q -O - http://{address}:3000/")).Succeeded().Stdout);

        foreach (var target in new[] { $"{address}:3000", $"{(string)sandbox["id"]!}:3000", $"127.0.0.1:{berth.Api.Port}", $"$(ip route | sed -n 's/default via \\([^ ]*\\).*/\\1/p'):{berth.Api.Port}" })
        {
            var reached = await InsideAsync(berth, "wall-two", $"wget -q -T 3 -O - http://{target}/healthz");
            Assert.True(reached.ExitCode != 0, $"{target} can be reached from another app: {reached}");
        }
    }

    [Fact]
    public async Task A_person_reaches_a_service_that_is_not_routed_by_a_local_port()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("Procfile", $"web: {TinyImage.Web}\nstore: exec nc -ll -p 6000 -e cat\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(source.Path, "Procfile"), "-a", "tunnel")).Succeeded();
        var bytes = new byte[1_000_000];
        new Random(9).NextBytes(bytes);

        using var forward = berth.StartCli("forward", "tunnel", "store:6000", $"{FreePort.Next()}");
        try
        {
            var line = await forward.StandardOutput.ReadLineAsync(ct);
            Assert.Matches("^127\\.0\\.0\\.1:\\d+ leads to port 6000 of service store of app tunnel$", line);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync(System.Net.IPEndPoint.Parse(line!.Split(' ')[0]), ct);
                var echo = new byte[bytes.Length];
                await Task.WhenAll(client.GetStream().WriteAsync(bytes, ct).AsTask(), client.GetStream().ReadExactlyAsync(echo, ct).AsTask());
                Assert.Equal(bytes, echo);
            }));
        }
        finally
        {
            forward.Kill();
            await forward.WaitForExitAsync(CancellationToken.None);
        }
        Assert.Contains("nothing takes connections on port 6001", (await berth.CliAsync("forward", "tunnel", "store:6001")).Exited(1).Stderr, StringComparison.Ordinal);
        (await berth.CliAsync("forward", "tunnel", "nobody:6000")).Exited(3);
    }

    private static string AddressOf(System.Text.Json.Nodes.JsonNode sandbox) => ((string)sandbox["address"]!).Split('/')[0];

    private static Task<CliResult> InsideAsync(BerthServer berth, string app, string line) => berth.CliAsync("exec", "-a", app, "-c", line);
}
