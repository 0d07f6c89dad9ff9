using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Connections from outside to any port of a service, for a person (SPEC section 10): one sandbox after the other gets them.</summary>
public sealed class ForwardOperations
{
    private readonly IEngine _engine;
    private readonly Stores _stores;
    private readonly SandboxActions _actions;
    private readonly ControlOptions _options;
    private readonly TimeProvider _time;

    /// <summary>How many connections each service was given: whose turn it is.</summary>
    private readonly ConcurrentDictionary<(string App, string Service), int> _turns = new();
    private int _open;

    internal ForwardOperations(IEngine engine, Stores stores, SandboxActions actions, ControlOptions options, TimeProvider time) =>
        (_engine, _stores, _actions, _options, _time) = (engine, stores, actions, options, time);

    /// <summary>Connects to the first of the service's sandboxes that takes it, beginning with the next in turn. It stays awake while it is connected.</summary>
    public async Task<Outcome<ForwardedConnection>> ConnectAsync(string app, string service, int port, CancellationToken ct)
    {
        if (port is < IPEndPoint.MinPort + 1 or > IPEndPoint.MaxPort)
            return OperationErrors.BadPort(port);
        if (_stores.Apps.Find(app) is not { Deleting: false } record)
            return OperationErrors.AppNotFound(app);
        if (record.ActiveRelease is not { } id || _stores.Releases.Find(id) is not { } release)
            return OperationErrors.NoRelease(app);
        if (release.FindService(service) is null)
            return OperationErrors.ServiceNotFound(app, service, [.. release.Services.Select(s => s.Definition.Name)]);
        var sandboxes = await CandidatesAsync(app, service, ct);
        if (sandboxes.Count == 0)
            return OperationErrors.ServiceNotRunning(app, service);

        if (Interlocked.Increment(ref _open) > _options.ForwardsAtOnce)
        {
            Interlocked.Decrement(ref _open);
            return OperationErrors.TooManyForwards(_options.ForwardsAtOnce);
        }
        ForwardedConnection? connection = null;
        try
        {
            var turn = _turns.AddOrUpdate((app, service), 0, (_, last) => last == int.MaxValue ? 0 : last + 1);
            for (int i = 0; i < sandboxes.Count && connection is null; i++)
                connection = await TryConnectAsync(sandboxes[(int)(((uint)turn + i) % sandboxes.Count)], port, ct);
            return connection is null ? OperationErrors.PortRefused(app, service, port) : connection;
        }
        finally
        {
            if (connection is null)
                Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Those that run, by age; only where there are none, those that are frozen.</summary>
    private async Task<IReadOnlyList<SandboxStatus>> CandidatesAsync(string app, string service, CancellationToken ct)
    {
        var underWay = _actions.Of(app);
        var all = (await _engine.ListSandboxesAsync(app, ct))
            .Where(s => s.Service == service && s.Role == SandboxRole.Service && s.Address is not null && underWay.GetValueOrDefault(s.Id)?.Doing != Doing.Ending)
            .OrderBy(s => s.Id, StringComparer.Ordinal).ToLookup(s => s.State);
        return all.Contains(SandboxState.Running) ? [.. all[SandboxState.Running]] : [.. all[SandboxState.Frozen]];
    }

    /// <summary>Null: it does not take the connection.</summary>
    private async Task<ForwardedConnection?> TryConnectAsync(SandboxStatus sandbox, int port, CancellationToken ct)
    {
        var letGo = await _actions.HoldAsync(sandbox, ct);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = new CancellationTokenSource(_options.ForwardConnectLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(sandbox.Address!), port, either.Token);
            return new ForwardedConnection(sandbox.Id, socket, () =>
            {
                Interlocked.Decrement(ref _open);
                letGo();
            });
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            letGo();
            ct.ThrowIfCancellationRequested();
            return null;
        }
    }
}
