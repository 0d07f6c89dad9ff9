using System.Net;
using System.Net.Sockets;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>
/// A lock that workers in sandboxes hold by a connection. It lets everybody in and counts who came while somebody else was there: the kernel knows
/// whether the holder's connection has ended, so there is no moment in between.
/// </summary>
internal sealed class LockService : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _taken;
    private int _violations;

    public LockService()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often it was taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>How often somebody came while another one held it.</summary>
    public int Violations => Volatile.Read(ref _violations);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        Socket? holder = null;
        try
        {
            while (true)
            {
                var next = await _listener.AcceptSocketAsync(_stop.Token);
                if (holder is not null && !HasEnded(holder))
                    Interlocked.Increment(ref _violations);
                holder?.Dispose();
                holder = next;
                Interlocked.Increment(ref _taken);
            }
        }
        catch (OperationCanceledException)
        {
            holder?.Dispose();
        }
    }

    /// <summary>A holder says nothing: what can be read is its end.</summary>
    private static bool HasEnded(Socket socket) => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
}
