using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Scaling and restarting an app's services. What is set here outlives deployments.</summary>
public sealed class ServiceOperations(Stores stores, ReconcileLoop loop, TimeProvider time)
{
    /// <summary>The count that leaves the count as it is.</summary>
    private const string Same = "same";

    private const long LeastMemory = 16 * ByteSize.MiB;

    /// <param name="counts">By service name: <c>3</c>, <c>auto</c>, <c>auto:1-20</c>, <c>default</c>, <c>same</c>. All are checked before any is set.</param>
    /// <param name="memory">With one service: its limit, <c>256M</c>.</param>
    /// <param name="cpu">With one service: its cores.</param>
    public Outcome<AppRecord> Scale(AppRecord app, IReadOnlyDictionary<string, string> counts, string? memory, double? cpu)
    {
        if (Release(app) is not { } release)
            return OperationErrors.NoRelease(app.Name);
        if ((memory is not null || cpu is not null) && counts.Count != 1)
            return OperationErrors.LimitsNeedOneService();
        long bytes = 0;
        if (memory is not null && !(ByteSize.TryParse(memory, out bytes) && bytes is >= LeastMemory and <= ByteSize.TiB))
            return OperationErrors.BadMemory(memory);
        if (cpu is { } cores && !(cores is >= 0.01 and <= 256))
            return OperationErrors.BadCpu(cores);

        var settings = stores.Settings.List(app.Name);
        var changed = new Dictionary<string, ServiceSetting>(StringComparer.Ordinal);
        foreach (var (name, count) in counts)
        {
            if (release.FindService(name) is not { } service)
                return OperationErrors.ServiceNotFound(app.Name, name, release.Services.Select(s => s.Definition.Name));
            if (count != Same && ScaleText.Problem(count) is { } problem)
                return OperationErrors.BadScale(name, problem);
            if (service.Definition.Disks.Count > 0 && count is not (Same or "default" or "0" or "1"))
                return OperationErrors.DiskService(name);
            var before = settings.GetValueOrDefault(name) ?? ServiceSetting.None;
            var limitsChange = memory is not null || cpu is not null;
            changed[name] = before with
            {
                Scale = count switch { Same => before.Scale, "default" => null, _ => count },
                MemoryBytes = memory is null ? before.MemoryBytes : bytes,
                Cpu = cpu ?? before.Cpu,
                // Limits hold for new sandboxes, so the old ones are replaced.
                RenewedAt = limitsChange ? time.GetUtcNow() : before.RenewedAt,
            };
        }
        stores.Settings.Put(app.Name, changed);
        stores.Crashes.Clear(app.Name);
        loop.Mark(app.Name);
        return app;
    }

    /// <summary>Replaces the sandboxes of one service, or of all, in the way a deployment would.</summary>
    public Outcome<AppRecord> Restart(AppRecord app, string? service)
    {
        if (Release(app) is not { } release)
            return OperationErrors.NoRelease(app.Name);
        if (service is not null && release.FindService(service) is null)
            return OperationErrors.ServiceNotFound(app.Name, service, release.Services.Select(s => s.Definition.Name));
        var settings = stores.Settings.List(app.Name);
        var now = time.GetUtcNow();
        stores.Settings.Put(app.Name, release.Services.Select(s => s.Definition.Name).Where(name => service is null || name == service)
            .ToDictionary(name => name, name => (settings.GetValueOrDefault(name) ?? ServiceSetting.None) with { RenewedAt = now }, StringComparer.Ordinal));
        stores.Crashes.Clear(app.Name);
        loop.Mark(app.Name);
        return app;
    }

    private Release? Release(AppRecord app) => app.ActiveRelease is { } id ? stores.Releases.Find(id) : null;
}
