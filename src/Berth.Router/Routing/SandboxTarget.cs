using System.Net;
using Berth.Model;

namespace Berth.Router.Routing;

/// <summary>
/// A sandbox at an address, as snapshots name it. Snapshots in a row that say the same of it share one target; a new address
/// makes a new one with the same <see cref="Load"/>. Thread-safe.
/// </summary>
public sealed class SandboxTarget(RoutedSandbox sandbox, SandboxLoad load, long number)
{
    private int _out;

    // Held so that it is not collected before it fires.
    private ITimer? _backTimer;

    public RoutedSandbox Sandbox { get; } = sandbox;

    public SandboxLoad Load { get; } = load;

    public IPEndPoint EndPoint { get; } = new(IPAddress.Parse(sandbox.Address), sandbox.Port);

    /// <summary>
    /// Names the target in connection pools. Addresses are given out again soon after a sandbox is gone, and a connection kept from
    /// the old one must never carry a request that is meant for the new.
    /// </summary>
    public string PoolHost { get; } = $"s{number}";

    /// <summary>Whether it is left out for a while because a connection failed.</summary>
    public bool IsOut => Volatile.Read(ref _out) == 1;

    /// <summary>Leaves it out for <paramref name="duration"/>, then calls <paramref name="back"/>. Nothing happens if it is out already.</summary>
    public void TakeOut(TimeSpan duration, TimeProvider time, Action back)
    {
        if (Interlocked.Exchange(ref _out, 1) == 1)
            return;
        _backTimer = time.CreateTimer(
            _ =>
            {
                Volatile.Write(ref _out, 0);
                back();
            },
            null, duration, Timeout.InfiniteTimeSpan);
    }
}
