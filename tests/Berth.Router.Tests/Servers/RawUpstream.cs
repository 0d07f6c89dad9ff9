using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Berth.Model;

namespace Berth.Router.Tests.Servers;

/// <summary>A sandbox that does with each connection just what the test says.</summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<RawConnection, Task> _serve;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private readonly ConcurrentQueue<string> _requests = new();
    private int _accepted;

    private RawUpstream(string id, Func<RawConnection, Task> serve)
    {
        _serve = serve;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Sandbox = new RoutedSandbox(id, "127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _accepting = AcceptAsync();
    }

    public RoutedSandbox Sandbox { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    public static RawUpstream Start(Func<RawConnection, Task> serve, string id = "demo-web-raw") => new(id, serve);

    /// <summary>The heads that it was sent, if it was made to answer.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Answers each request, which must have no body, with the given bytes, and keeps the connection.</summary>
    public static RawUpstream Answering(string response, string id = "demo-web-raw")
    {
        RawUpstream? upstream = null;
        return upstream = Start(
            async connection =>
            {
                while (await connection.ReadHeadAsync() is { } head)
                {
                    upstream!._requests.Enqueue(head);
                    await connection.WriteAsync(response);
                }
            },
            id);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var connection = new RawConnection(await _listener.AcceptAsync());
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(connection));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(RawConnection connection)
    {
        await using (connection)
        {
            try
            {
                await _serve(connection);
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException or ObjectDisposedException or OperationCanceledException)
            {
                // The router closed it; the test looks at the client's side.
            }
        }
    }
}
