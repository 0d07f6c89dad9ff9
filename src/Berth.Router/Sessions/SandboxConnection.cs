using System.Net.Sockets;
using Berth.Router.Routing;

namespace Berth.Router.Sessions;

/// <summary>A connection to a sandbox.</summary>
public sealed class SandboxConnection(Socket socket, SandboxTarget target) : SocketConnection(socket)
{
    public SandboxTarget Target { get; } = target;

    /// <summary>When it was last given back, as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public long IdleSince { get; set; }

    /// <summary>Nothing to be received, not even an end. What a sandbox says while nobody asked must not be taken for the answer to the next request.</summary>
    public bool IsQuiet() => !IsClosed && !Shows(AnyInput);
}
