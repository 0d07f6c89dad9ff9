using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.EndToEnd.Tests;

/// <summary>What a sandbox prints, whatever it is, on its way into the store and out again.</summary>
public sealed class LogTests(SharedServer shared)
{
    private static readonly string[] Expected =
    [
        new string('x', 64 * 1024) + " [cut after 65536 bytes]",
        "\0nul\e]0;owned\a\uFFFD\uFFFD",
        "after",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_lines_are_kept_within_bounds_and_drained_like_others()
    {
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(Ct);
        using var source = SourceFolder.With(("Procfile",
            @"printer: while [ ! -e /tmp/go ]; do sleep 1; done; head -c 10485760 /dev/zero | tr '\000' x; echo; printf '\000nul\033]0;owned\007\377\376\n'; echo after; exec sleep 1000" + "\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(source.Path, "Procfile"), "-a", "printer")).Succeeded();
        using var receiver = new TcpListener(IPAddress.Loopback, 0);
        receiver.Start();
        (await berth.CliAsync("drain", "add", "printer", string.Create(CultureInfo.InvariantCulture, $"syslog://127.0.0.1:{((IPEndPoint)receiver.LocalEndpoint).Port}"))).Succeeded();
        var sandbox = (string)Assert.Single(await berth.RunningAsync("printer", "printer"))["id"]!;

        (await berth.CliAsync("sandbox", "exec", sandbox, "--", "touch", "/tmp/go")).Succeeded();

        using var connection = await receiver.AcceptTcpClientAsync(Ct);
        foreach (var expected in Expected)
            Assert.EndsWith($" printer {sandbox} printer - {expected}", await MessageAsync(connection.GetStream()), StringComparison.Ordinal);
        var stored = (await berth.CliAsync("logs", "-a", "printer", "--service", "printer", "--format", "json")).Succeeded().Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Expected, stored.Select(line => (string)System.Text.Json.Nodes.JsonNode.Parse(line)!["text"]!));

        var drain = await Eventually.BecomesAsync("the drain has counted them", async () =>
            Assert.Single((await berth.CliAsync("drain", "list", "-a", "printer", "--format", "json")).Succeeded().Json.AsArray())!, d => (int)d["sent"]! == Expected.Length, Ct);
        Assert.Equal(0, (int)drain["dropped"]!);
        (await berth.CliAsync("drain", "remove", (string)drain["id"]!)).Succeeded();
        Assert.Empty((await berth.CliAsync("drain", "list", "-a", "printer", "--format", "json")).Succeeded().Json.AsArray());
    }

    private static async Task<string> MessageAsync(NetworkStream stream)
    {
        var digits = "";
        var one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one, Ct);
            if (one[0] == ' ')
                break;
            digits += (char)one[0];
        }
        var message = new byte[int.Parse(digits, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(message, Ct);
        return Encoding.UTF8.GetString(message);
    }
}
