using System.Collections.Concurrent;
using System.Net.Sockets;
using Berth.Router.Routing;

namespace Berth.Router.Sessions;

/// <summary>
/// Connections to sandboxes, kept between requests by target: a sandbox at a new address, or another one at the old, is another target and gets none
/// of them. The one used last is taken first. Thread-safe.
/// </summary>
public sealed class SandboxSockets(RouterOptions options, TimeProvider time, Deadlines deadlines) : IDisposable
{
    private readonly ConcurrentDictionary<SandboxTarget, Kept> _kept = new();
    private readonly Action<SocketConnection> _forget = deadlines.Forget;

    /// <summary>A kept connection, or null if there is none fit for the purpose.</summary>
    /// <param name="once">The request cannot be sent a second time: only a connection that was in use a moment ago (see <see cref="RouterOptions.BodyPoolIdleTimeout"/>).</param>
    public SandboxConnection? TryTake(SandboxTarget target, bool once)
    {
        if (!_kept.TryGetValue(target, out var kept))
            return null;
        var limit = once ? options.BodyPoolIdleTimeout : options.PoolIdleTimeout;
        while (kept.Pop() is { } connection)
        {
            if (time.GetElapsedTime(connection.IdleSince) > limit)
            {
                // All below it are older still; they wait for others or for the sweep.
                if (!kept.Push(connection, options.MaxIdlePerSandbox))
                    connection.Close();
                return null;
            }
            if (connection.IsQuiet())
                return connection;
            connection.Close();
        }
        return null;
    }

    /// <summary>A new connection, or why there is none.</summary>
    public async ValueTask<(SandboxConnection? Connection, string? Problem)> ConnectAsync(SandboxTarget target)
    {
        var socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new SandboxConnection(socket, target) { OnClosed = _forget };
        deadlines.Watch(connection);
        connection.SendUntil(deadlines.In(options.ConnectTimeout));
        using var connecting = new SocketOperation();
        int result = await connecting.ConnectAsync(socket, target.EndPoint);
        connection.StopSendClock();
        if (result >= 0 && !connection.IsClosed)
            return (connection, null);
        var problem = connection.IsClosed ? $"no connection within {options.ConnectTimeout.TotalSeconds:0.#} s" : connecting.SocketError.ToString();
        connection.Close();
        return (null, problem);
    }

    /// <summary>Gives back a connection on which the last response has ended for certain.</summary>
    public void Keep(SandboxConnection connection)
    {
        connection.IdleSince = time.GetTimestamp();
        while (true)
        {
            var kept = _kept.GetOrAdd(connection.Target, static _ => new Kept());
            if (kept.Push(connection, options.MaxIdlePerSandbox))
                return;
            if (!kept.IsClosed)
            {
                connection.Close();
                return;
            }
        }
    }

    /// <summary>Closes what has been idle for too long or is too much, and forgets targets of which nothing is left.</summary>
    public void Sweep()
    {
        var since = IdleSinceOfTooMany();
        foreach (var (target, kept) in _kept)
        {
            foreach (var connection in kept.TakeOlder(connection => connection.IdleSince <= since || time.GetElapsedTime(connection.IdleSince) > options.PoolIdleTimeout))
                connection.Close();
            if (kept.CloseIfEmpty())
                _kept.TryRemove(new KeyValuePair<SandboxTarget, Kept>(target, kept));
        }
    }

    /// <summary>Since when the last one of those is idle that are more than may be kept in all; before all times if none is.</summary>
    private long IdleSinceOfTooMany()
    {
        int surplus = _kept.Sum(static kept => kept.Value.Count) - options.MaxIdleConnections;
        if (surplus <= 0)
            return long.MinValue;
        var idle = _kept.Values.SelectMany(static kept => kept.IdleSince()).Order().ToList();
        // Some may have been taken since they were counted.
        return idle.Count == 0 ? long.MinValue : idle[Math.Min(surplus, idle.Count) - 1];
    }

    public void Dispose()
    {
        foreach (var connection in _kept.Values.SelectMany(kept => kept.TakeOlder(static _ => true)))
            connection.Close();
    }

    /// <summary>The kept connections of one target, the one given back last at the end. Closed for good when it was found empty.</summary>
    private sealed class Kept
    {
        private readonly Lock _lock = new();
        private readonly List<SandboxConnection> _connections = [];

        public bool IsClosed { get; private set; }

        public int Count
        {
            get
            {
                lock (_lock)
                    return _connections.Count;
            }
        }

        public long[] IdleSince()
        {
            lock (_lock)
                return [.. _connections.Select(static connection => connection.IdleSince)];
        }

        public SandboxConnection? Pop()
        {
            lock (_lock)
            {
                if (_connections.Count == 0)
                    return null;
                var last = _connections[^1];
                _connections.RemoveAt(_connections.Count - 1);
                return last;
            }
        }

        /// <summary>False: there are enough, or it is closed.</summary>
        public bool Push(SandboxConnection connection, int limit)
        {
            lock (_lock)
            {
                if (IsClosed || _connections.Count >= limit)
                    return false;
                _connections.Add(connection);
                return true;
            }
        }

        public List<SandboxConnection> TakeOlder(Func<SandboxConnection, bool> isOld)
        {
            lock (_lock)
            {
                var old = _connections.Where(isOld).ToList();
                _connections.RemoveAll(old.Contains);
                return old;
            }
        }

        public bool CloseIfEmpty()
        {
            lock (_lock)
                return IsClosed = _connections.Count == 0;
        }
    }
}
