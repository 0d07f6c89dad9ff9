using System.Net.Sockets;

namespace Berth.Control.Operations;

/// <summary>A connection to a port of a sandbox, which is kept awake until this is disposed.</summary>
public sealed class ForwardedConnection : IDisposable
{
    private readonly Action _after;

    internal ForwardedConnection(string sandbox, Socket socket, Action after) => (Sandbox, Socket, _after) = (sandbox, socket, after);

    /// <summary>The sandbox's id.</summary>
    public string Sandbox { get; }

    public Socket Socket { get; }

    public void Dispose()
    {
        Socket.Dispose();
        _after();
    }
}
