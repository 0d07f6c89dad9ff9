using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Berth.Router.Listening;

/// <summary>The listening sockets for clients.</summary>
public sealed class Ports : IDisposable
{
    private const int Backlog = 4096;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    private readonly List<Socket> _sockets;
    private readonly int _plain;
    private readonly CancellationTokenSource _stopping = new();
    private List<Task> _accepting = [];

    private Ports(List<Socket> sockets, int plain) => (_sockets, _plain) = (sockets, plain);

    /// <summary>As bound: port 0 has become a real one.</summary>
    public IEnumerable<IPEndPoint> EndPoints => _sockets.Take(_plain).Select(socket => (IPEndPoint)socket.LocalEndPoint!);

    /// <summary>The same of those with TLS.</summary>
    public IEnumerable<IPEndPoint> TlsEndPoints => _sockets.Skip(_plain).Select(socket => (IPEndPoint)socket.LocalEndPoint!);

    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <summary>Sockets that listen already; the first <paramref name="plain"/> of them without TLS.</summary>
    public static Ports Of(List<Socket> sockets, int plain) => new(sockets, plain);

    /// <summary>Listens on all addresses, or throws a <see cref="SocketException"/> and listens on none.</summary>
    public static Ports Open(IReadOnlyList<IPEndPoint> http, IReadOnlyList<IPEndPoint> https)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (var address in http.Concat(https))
            {
                var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
                sockets.Add(socket);
                socket.Listen(Backlog);
            }
            return new Ports(sockets, http.Count);
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    /// <summary>Gives every client's socket to <paramref name="take"/>, or to <paramref name="takeTls"/>, until stopped.</summary>
    public void Accept(Action<Socket> take, Action<Socket> takeTls, TimeProvider time) =>
        _accepting = [.. _sockets.Select((socket, i) => AcceptAsync(socket, i < _plain ? take : takeTls, time))];

    /// <summary>Takes no new clients. Returns when the sockets are closed.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        // A socket that is closed while it accepts would be shut down, for all processes that hold it.
        await Task.WhenAll(_accepting);
        _sockets.ForEach(socket => socket.Dispose());
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listening, Action<Socket> take, TimeProvider time)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listening.AcceptAsync(_stopping.Token);
                socket.NoDelay = true;
                take(socket);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // Nobody can be let in until somebody leaves.
                await Task.Delay(AcceptPause, time);
            }
            catch (SocketException)
            {
                // The client went before it was let in.
            }
        }
    }
}
