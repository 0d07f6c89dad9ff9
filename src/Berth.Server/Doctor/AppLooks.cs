using System.Net;
using System.Net.Sockets;
using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Server.Api;

namespace Berth.Server.Doctor;

/// <summary>The apps and what is theirs: crashes, deployments, drains, disks and their backups, certificates, the names of routes.</summary>
internal sealed class AppLooks(ControlPlane control, AppViews views, DoctorOptions options, TimeProvider time)
{
    public IEnumerable<Look> All =>
    [
        new("apps", CrashesAsync), new("deployments", _ => Task.FromResult(Deployments())), new("drains", _ => Task.FromResult(Drains())), new("disks", _ => Task.FromResult(Disks())),
        new("backups", _ => Task.FromResult(Backups())), new("certificates", _ => Task.FromResult(Certificates())), new("routes", HostsAsync),
    ];

    private async Task<IReadOnlyList<FindingInfo>> CrashesAsync(CancellationToken ct)
    {
        var apps = await views.ListAsync(Grant.All, ct);
        return OrFine([.. from app in apps from service in app.Services where service.Status == "crashed" select DoctorMessages.Crashing(app.Name, service)], DoctorMessages.Apps(apps.Count));
    }

    private IReadOnlyList<FindingInfo> Deployments()
    {
        var apps = control.Stores.Apps.List().Where(app => !app.Deleting).ToList();
        var failed = apps.Select(app => (App: app, Last: control.Stores.Deployments.LastFailure(app.Name))).Where(looked => looked.Last is not null);
        return OrFine([.. failed.Select(looked => DoctorMessages.FailedDeployment(looked.App, looked.Last!))], DoctorMessages.Deployments(apps.Count));
    }

    private IReadOnlyList<FindingInfo> Drains()
    {
        var drains = control.Drains.List(app: null);
        return OrFine([.. drains.Where(d => d.Status.State == "failing").Select(DoctorMessages.FailingDrain)], DoctorMessages.Drains(drains.Count));
    }

    private IReadOnlyList<FindingInfo> Disks()
    {
        var disks = control.Disks.List();
        var full = from disk in disks let percent = (disk.Used ?? 0) * 100 / disk.Size where percent >= options.FullDiskPercent select DoctorMessages.FullDisk(disk, percent);
        return OrFine([.. full], DoctorMessages.Disks(disks.Count));
    }

    private IReadOnlyList<FindingInfo> Backups()
    {
        var disks = control.Disks.List();
        return OrFine([.. disks.SelectMany(BackupsOf)], DoctorMessages.Backups(disks.Count));
    }

    private IEnumerable<FindingInfo> BackupsOf(Disk disk)
    {
        var backups = control.Stores.Backups.Summary(disk.Name);
        if (backups.Problem is { } problem)
            yield return DoctorMessages.FailedBackup(disk.Name, problem, backups.LastAt);
        else if (backups.LastAt is null && control.Stores.Backups.FindSchedule(disk.Name) is null)
            yield return DoctorMessages.NoBackup(disk.Name);
        if (backups.ProofProblem is { } unproven)
            yield return DoctorMessages.FailedProof(disk.Name, unproven);
    }

    private IReadOnlyList<FindingInfo> Certificates()
    {
        var (files, automatic, now) = (control.Certificates.List(), control.Certificates.ListAutomatic(), time.GetUtcNow());
        var ending = from file in files where file.NotAfter - now < options.CertificateNotice select DoctorMessages.Certificate(file, file.NotAfter - now, automatic.Any(a => a.Host == file.Host));
        var failing = from host in automatic where host.Problem is not null select DoctorMessages.NoCertificate(host.Host, host.Problem!);
        return OrFine([.. ending, .. failing], DoctorMessages.Certificates(files.Count));
    }

    /// <summary>Names of one's own only: what ends in localhost is known everywhere, and a wildcard is no name.</summary>
    private async Task<IReadOnlyList<FindingInfo>> HostsAsync(CancellationToken ct)
    {
        var routes = control.Routes.List().DistinctBy(r => r.Host).Where(r => !r.Host.EndsWith("localhost", StringComparison.Ordinal) && !r.Host.Contains('*', StringComparison.Ordinal)).Take(options.MostNames).ToList();
        var known = await Task.WhenAll(routes.Select(r => IsKnownAsync(r.Host, ct)));
        return OrFine([.. routes.Where((_, i) => !known[i]).Select(r => DoctorMessages.UnknownHost(r.Host, r.App))], DoctorMessages.Hosts(routes.Count));
    }

    private static async Task<bool> IsKnownAsync(string host, CancellationToken ct)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host, ct)).Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static IReadOnlyList<FindingInfo> OrFine(IReadOnlyList<FindingInfo> found, FindingInfo fine) => found.Count == 0 ? [fine] : found;
}
