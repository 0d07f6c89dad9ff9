using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>
/// One-off sandboxes: a command with a release's image, variables and limits, beside the services and on their network, connected to whoever started it
/// (SPEC section 7). Nothing is sent to it and nobody finds it by name; it has no disks, because those belong to the service that runs.
/// </summary>
public sealed class RunOperations
{
    /// <summary>Stands in its sandbox's id in place of a service.</summary>
    private const string IdPart = "run";

    private readonly IEngine _engine;
    private readonly AppNetworks _networks;
    private readonly Stores _stores;
    private readonly TimeProvider _time;

    internal RunOperations(IEngine engine, AppNetworks networks, Stores stores, TimeProvider time) => (_engine, _networks, _stores, _time) = (engine, networks, stores, time);

    /// <summary>Starts the command. Its sandbox is stopped and removed when the session is disposed.</summary>
    /// <param name="service">Whose image, variables and limits it has; null: those of <see cref="Release.OwnService"/>.</param>
    /// <param name="command">Program and arguments. An ENTRYPOINT of the image takes them as its arguments.</param>
    public async Task<Outcome<IExecSession>> RunAsync(string app, string? service, IReadOnlyList<string> command, bool tty, CancellationToken ct)
    {
        if (_stores.Apps.Find(app) is not { Deleting: false } record)
            return OperationErrors.AppNotFound(app);
        if (record.ActiveRelease is not { } id || _stores.Releases.Find(id) is not { } release)
            return OperationErrors.NoRelease(app);
        if ((service is null ? release.OwnService : release.FindService(service)) is not { } like)
            return OperationErrors.ServiceNotFound(app, service!, [.. release.Services.Select(s => s.Definition.Name)]);
        var setting = _stores.Settings.List(app).GetValueOrDefault(like.Definition.Name) ?? ServiceSetting.None;
        var network = await _networks.EnsureAsync(record, ct);
        var spec = SandboxSpecs.Run(Ids.Sandbox(app, IdPart, _time.GetUtcNow()), release, command, like, setting, network);
        try
        {
            return new HeldSession(await _engine.RunSandboxAsync(spec, tty, ct), () => EndAsync(spec.Id));
        }
        catch
        {
            await EndAsync(spec.Id);
            throw;
        }
    }

    private async ValueTask EndAsync(string sandbox)
    {
        await _engine.StopSandboxAsync(sandbox, CancellationToken.None);
        await _engine.RemoveSandboxAsync(sandbox, CancellationToken.None);
    }
}
