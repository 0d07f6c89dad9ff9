using Berth.Control.Access;
using Berth.Control.Metrics;
using Berth.Control.Reconciling;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>What a person does to single sandboxes.</summary>
public sealed class SandboxOperations
{
    private readonly IEngine _engine;
    private readonly SandboxActions _actions;
    private readonly SandboxMeter _meter;

    internal SandboxOperations(IEngine engine, SandboxActions actions, SandboxMeter meter) => (_engine, _actions, _meter) = (engine, actions, meter);

    /// <summary>What sandboxes that live use, by app, service and sandbox.</summary>
    /// <param name="app">Null: of all apps.</param>
    /// <param name="id">Null: all of them.</param>
    public Outcome<IReadOnlyList<SandboxUsage>> Measure(string? app, string? id, Grant grant)
    {
        var usages = _meter.Latest(app).Where(u => grant.Covers(u.App) && (id is null || u.Sandbox == id)).ToList();
        return usages.Count == 0 && id is not null ? OperationErrors.SandboxNotMeasured(id) : usages;
    }

    /// <summary>Stops one sandbox, after its requests; its pool starts another.</summary>
    public async Task<Outcome<SandboxStatus>> StopAsync(string id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } sandbox)
            return OperationErrors.SandboxNotFound(id);
        _actions.Retire(sandbox);
        return sandbox;
    }

    public async Task<Outcome<IExecSession>> ExecAsync(string id, ExecSpec spec, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } sandbox)
            return OperationErrors.SandboxNotFound(id);
        if (sandbox.State is not (SandboxState.Frozen or SandboxState.Running))
            return OperationErrors.SandboxNotRunning(id);
        var letGo = await _actions.HoldAsync(sandbox, ct);
        try
        {
            return new HeldSession(await _engine.ExecAsync(id, spec, ct), () =>
            {
                letGo();
                return ValueTask.CompletedTask;
            });
        }
        catch
        {
            letGo();
            throw;
        }
    }

    private async Task<SandboxStatus?> FindAsync(string id, CancellationToken ct) =>
        (await _engine.ListSandboxesAsync(app: null, ct)).FirstOrDefault(s => s.Id == id);
}
