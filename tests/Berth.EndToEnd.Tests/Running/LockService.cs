using System.Diagnostics;
using System.Globalization;
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

    private bool _isOpen;

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

    /// <summary>Lets sandboxes through to it, as an administrator would: they reach nothing else of this machine. To be called once Berth's own rules are there, for it goes before them.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        await FirewallAsync("-I", ct);
        _isOpen = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOpen)
            await FirewallAsync("-D", CancellationToken.None);
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task FirewallAsync(string change, CancellationToken ct)
    {
        using var iptables = Process.Start("iptables", ["-w", change, "INPUT", "-p", "tcp", "--dport", Port.ToString(CultureInfo.InvariantCulture), "-j", "ACCEPT"]);
        await iptables.WaitForExitAsync(ct);
        Assert.Equal(0, iptables.ExitCode);
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
