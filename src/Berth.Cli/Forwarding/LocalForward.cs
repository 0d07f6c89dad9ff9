using System.Net;
using System.Net.Sockets;
using Berth.Contracts;

namespace Berth.Cli.Forwarding;

/// <summary>A port of this machine, open to this machine alone, whose connections go elsewhere. One that cannot be passed on is closed, and the others go on.</summary>
internal sealed class LocalForward : IDisposable
{
    /// <summary>Connections carried at one time; further ones wait to be accepted.</summary>
    private const int MaxConnections = 256;

    private readonly Socket _listener;

    private LocalForward(Socket listener) => _listener = listener;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <param name="port">Null: <paramref name="preferred"/>, or a free one where that cannot be had.</param>
    /// <exception cref="CliException">The port is taken, or not for this user.</exception>
    public static LocalForward Listen(int? port, int preferred)
    {
        try
        {
            return ListenOn(port ?? preferred);
        }
        catch (SocketException) when (port is null)
        {
            return ListenOn(0);
        }
        catch (SocketException e)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotListen(port!.Value, e.Message));
        }
    }

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="carry">Carries one connection to its end; what it throws of the server is told, and closes that connection alone.</param>
    public async Task RunAsync(Func<Socket, CancellationToken, Task> carry, Action<string> tell, CancellationToken ct)
    {
        using var slots = new SemaphoreSlim(MaxConnections);
        while (true)
        {
            await slots.WaitAsync(ct).ConfigureAwait(false);
            var connection = await _listener.AcceptAsync(ct).ConfigureAwait(false);
            _ = CarryAsync(connection);
        }

        async Task CarryAsync(Socket connection)
        {
            using (connection)
            {
                connection.NoDelay = true;
                try
                {
                    await carry(connection, ct).ConfigureAwait(false);
                }
                catch (Exception e) when (e is BerthApiException or BerthUnreachableException)
                {
                    tell(e.Message);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
            slots.Release();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static LocalForward ListenOn(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return new LocalForward(listener);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }
    }
}
