using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Testing.Docker;

/// <summary>What listens on a fake container's port: answers each HTTP request with the container's page. A paused one accepts and says nothing.</summary>
internal sealed class FakeListener : IDisposable
{
    private readonly FakeContainer _container;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();

    public FakeListener(FakeContainer container, IPEndPoint endpoint)
    {
        _container = container;
        _listener = new TcpListener(endpoint);
        _listener.Start();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The container ended.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
            {
                // The request's head; a body is not looked at.
            }
            await _container.WaitUntilAsync(c => c.State != "paused", _stop.Token);
            var page = _container.Page ?? _container.Name;
            var answer = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n{page}";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The client left, or the container ended.
        }
    }
}
