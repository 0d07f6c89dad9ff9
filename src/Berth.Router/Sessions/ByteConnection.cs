using System.Net;

namespace Berth.Router.Sessions;

/// <summary>
/// Bytes to and from one other side. Whatever breaks is a result below zero and no exception. At most one receive and one send at a time; the
/// deadlines and <see cref="Close"/> may be touched by any thread. Over it the same session serves a plain socket, and whatever stands between it and one.
/// </summary>
public abstract class ByteConnection
{
    private const long Never = long.MaxValue;
    private const long Expired = long.MinValue;

    private long _receiveDue = Never;
    private long _sendDue = Never;

    /// <summary>The other side's address.</summary>
    public abstract IPAddress Peer { get; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public abstract string Scheme { get; }

    /// <summary>Asked from time to time while set: what to do when the other side turns out to be gone. For times when nothing is being received.</summary>
    public Action? OnEnd { get; set; }

    /// <summary>Whether the last receive ended because its deadline was over.</summary>
    public bool ReceiveIsOverdue => Volatile.Read(ref _receiveDue) == Expired;

    /// <summary>Bytes received; 0: the other side sends no more; below 0: broken. Into an empty buffer: 0 or more when there is something to receive, the end included.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all. Below 0: broken.</summary>
    public abstract ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>No more from this side; the other may go on.</summary>
    public abstract void EndSending();

    /// <summary>Ends both directions; pending calls return. With <paramref name="reset"/>, so that the other side cannot take it for an orderly end.</summary>
    public abstract void Close(bool reset = false);

    /// <summary>Whether the other side has closed or broken its direction, also with bytes still to be received.</summary>
    public abstract bool HasEnded();

    /// <summary>The time, as <see cref="TimeProvider.GetTimestamp"/> counts, after which <see cref="ReceiveAsync"/> gives 0 at once.</summary>
    public void ReceiveUntil(long due) => Interlocked.Exchange(ref _receiveDue, due);

    /// <summary>The time after which the connection is closed by a reset if what is being sent has not gone out.</summary>
    public void SendUntil(long due) => Interlocked.Exchange(ref _sendDue, due);

    /// <summary>No deadline any more. False: it has struck already.</summary>
    public bool StopReceiveClock() => Interlocked.Exchange(ref _receiveDue, Never) != Expired;

    public void StopSendClock() => Interlocked.Exchange(ref _sendDue, Never);

    /// <summary>Makes good the deadlines that are over. Called by one thread at a time.</summary>
    public void Check(long now)
    {
        // Only what is still due by the very value that was looked at: it may have been put off between look and deed.
        var due = Volatile.Read(ref _receiveDue);
        if (due < now && due != Expired && Interlocked.CompareExchange(ref _receiveDue, Expired, due) == due)
            EndReceiving();
        due = Volatile.Read(ref _sendDue);
        if (due < now && due != Expired && Interlocked.CompareExchange(ref _sendDue, Expired, due) == due)
            Close(reset: true);
        if (OnEnd is { } onEnd && HasEnded())
        {
            OnEnd = null;
            onEnd();
        }
    }

    /// <summary>A pending receive returns 0; sending goes on.</summary>
    protected abstract void EndReceiving();
}
