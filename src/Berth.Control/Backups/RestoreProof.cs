using Berth.Control.Disks;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Backups;

/// <summary>
/// Tries a backup: restores it into a scratch disk, and runs the check in a sandbox of the service's running release that has this disk where the service has its own, and no
/// network, so that it can reach nothing of what it was a copy of. Sandbox and scratch disk are gone afterwards, whatever happens: what a kill leaves of the one is removed at the next start with
/// all jobs, of the other with all half-made disks, which it is called like.
/// </summary>
internal sealed class RestoreProof(Stores stores, DiskFiles files, DiskUnpacking unpacking, JobRunner jobs, ControlOptions options, TimeProvider time)
{
    private const string IdPart = "proof";

    /// <summary>Characters of what the check printed last that are kept of a failure.</summary>
    private const int OutputKept = 1000;

    /// <summary>Null if the backup is good, else why not.</summary>
    public async Task<string?> RunAsync(BackupSchedule schedule, string command, Backup backup, CancellationToken ct)
    {
        var candidates = Candidates(schedule);
        if (candidates is not [var (release, service, mount)])
            return candidates.Count == 0 ? BackupMessages.NoService(schedule.Disk, schedule.Service) : BackupMessages.SeveralServices(schedule.Disk, candidates.Select(c => $"{c.Service.Definition.Name} of app {c.Release.App}"));
        try
        {
            var scratch = await UnpackAsync(backup, ct);
            try
            {
                var data = await files.MountAsync(scratch, scratch.Generation, ct);
                return await CheckAsync(release, service, command, new(data, mount.MountPath, ReadOnly: false), ct);
            }
            finally
            {
                await files.UnmountAsync(scratch.Name, scratch.Generation, CancellationToken.None);
                files.Delete(scratch.Name);
            }
        }
        catch (Exception e) when (e is DiskException or EngineException)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BackupMessages.NotRead(backup.Path, e.Message);
        }
    }

    private List<(Release Release, ReleaseService Service, DiskDefinition Disk)> Candidates(BackupSchedule schedule)
    {
        var found = stores.Apps.List().Where(app => !app.Deleting).Select(app => app.ActiveRelease is { } id ? stores.Releases.Find(id) : null).OfType<Release>()
            .SelectMany(release => release.Services.Where(s => schedule.Service is null || s.Definition.Name == schedule.Service)
                .SelectMany(service => service.Definition.Disks.Where(d => d.Name == schedule.Disk).Select(disk => (release, service, disk)))).ToList();
        // Of several apps that name the disk, the one that has it.
        return stores.Disks.Find(schedule.Disk)?.Lease is { } lease && found.Where(f => f.release.App == lease.App).ToList() is { Count: > 0 } holders ? holders : found;
    }

    private async Task<Disk> UnpackAsync(Backup backup, CancellationToken ct)
    {
        await using var file = File.OpenRead(backup.Path);
        // No disk's name begins with a point.
        return await unpacking.RunAsync($".{IdPart}-{Ids.Unique(time.GetUtcNow())}", file, sizeGb: null, ct);
    }

    private async Task<string?> CheckAsync(Release release, ReleaseService service, string command, FolderMount data, CancellationToken ct)
    {
        var setting = stores.Settings.List(release.App).GetValueOrDefault(service.Definition.Name) ?? ServiceSetting.None;
        var spec = SandboxSpecs.Proof(Ids.Sandbox(release.App, IdPart, time.GetUtcNow()), release, command, service, setting, data);
        var (ended, output) = await jobs.RunAsync(spec, options.ProofLimit, OutputKept, ct);
        if (ended is null)
            return BackupMessages.CheckTooLong(command, options.ProofLimit);
        return ended.ExitCode == 0 ? null : stores.Redaction.Apply(release.App, BackupMessages.CheckFailed(command, ended.ExitCode, ended.OutOfMemory, output.Trim().ReplaceLineEndings(" ")));
    }
}
