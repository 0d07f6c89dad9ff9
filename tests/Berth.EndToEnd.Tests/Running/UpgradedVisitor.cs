using System.Net.Sockets;
using System.Text;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>Opens a connection as a WebSocket is opened, says something on it every tenth of a second, has each word echoed, and closes it. To the router such a connection is bytes, whatever they mean.</summary>
internal sealed class UpgradedVisitor(BerthServer server, string app) : IVisitor
{
    private const int Words = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public async Task<string?> VisitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Site.Host, server.Site.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {UptimeImage.EchoPath} HTTP/1.1\r\nHost: {app}.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"), limit.Token);
        var head = await ReadHeadAsync(stream, limit.Token);
        if (!head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            return $"the connection was not upgraded: {head}";
        for (int i = 0; i < Words; i++)
        {
            var word = Encoding.ASCII.GetBytes($"word {i:00}\n");
            await stream.WriteAsync(word, limit.Token);
            var echo = new byte[word.Length];
            int read = await stream.ReadAtLeastAsync(echo, echo.Length, throwOnEndOfStream: false, limit.Token);
            if (!echo.AsSpan(0, read).SequenceEqual(word))
                return $"of word {i} came back \"{Encoding.ASCII.GetString(echo, 0, read)}\"";
            await Task.Delay(Pause, TimeProvider.System, limit.Token);
        }
        return null;
    }

    public void Dispose()
    {
        // Each visit has a connection of its own.
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken ct)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, ct) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
