using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;
using Berth.Control.Store;

namespace Berth.Server.Api;

/// <summary>Disks, which belong to no app, and their backups.</summary>
internal static class DiskEndpoints
{
    private const string Archive = "application/gzip";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/disks", List).Needs(Permission.View, Subject.Covered).WithSummary("All disks, and who has them");
        api.MapPost("/disks", CreateAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Make a disk").Produces<DiskInfo>();
        api.MapDelete("/disks/{disk}", DeleteAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Delete a disk that nobody uses, with all that is on it").Produces(204);
        api.MapGet("/disks/{disk}/backup", BackUpAsync).Needs(Permission.Administer, Subject.Server).Audited().WithSummary("A disk's files at one moment, as a compressed tar; its sandbox stands still for the copy").Produces(200, contentType: Archive);
        api.MapPost("/disks/{disk}/restore", RestoreAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Make a disk from a backup: from what is sent, or from one that the server has").Produces<DiskInfo>();
        api.MapPut("/disks/{disk}/schedule", SetSchedule).Needs(Permission.Administer, Subject.Server).WithSummary("Have the server back a disk up at times, and prove the backups").Produces<DiskScheduleInfo>();
        api.MapDelete("/disks/{disk}/schedule", RemoveSchedule).Needs(Permission.Administer, Subject.Server).WithSummary("No backups by themselves any more; those that are there stay").Produces(204);
        api.MapPost("/disks/{disk}/backups", MakeBackupAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Make a backup now, as the schedule would").Produces<BackupInfo>();
        api.MapPost("/disks/{disk}/proof", ProveAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Restore the newest backup on trial now").Produces<BackupInfo>();
        api.MapGet("/backups", ListBackups).Needs(Permission.View, Subject.Server).WithSummary("Backups that the server has, and those that failed, newest first");
    }

    private static IReadOnlyList<DiskInfo> List(HttpContext http, ControlPlane control)
    {
        var grant = http.Caller().Grant;
        // A disk belongs to no app: who may not see all apps sees the disks that the own ones have at the moment.
        return [.. control.Disks.List().Where(d => grant.Apps is null || (d.Lease is { } lease && grant.Covers(lease.App))).Select(d => Info(d, control))];
    }

    private static async Task<IResult> CreateAsync(DiskRequest request, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        http.Note(request.Name);
        return Answer(await control.Disks.CreateAsync(request.Name, request.SizeGb, request.Filesystem, ct), control);
    }

    private static async Task<IResult> DeleteAsync(string disk, ControlPlane control, CancellationToken ct) =>
        (await control.Disks.DeleteAsync(disk, ct)).Error is { } error ? ProblemResults.From(error) : Results.NoContent();

    private static async Task<IResult> BackUpAsync(string disk, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        var copied = await control.Backups.CopyAsync(disk, ct);
        if (copied.Error is { } error)
            return ProblemResults.From(error);
        http.Response.RegisterForDisposeAsync(copied.Value);
        return Results.Stream(body => copied.Value.WriteAsync(body, ct), Archive);
    }

    private static async Task<IResult> RestoreAsync(string disk, string? backup, int? sizeGb, HttpRequest request, ControlPlane control, CancellationToken ct) => backup is null
        ? Answer(await control.Backups.RestoreAsync(disk, request.Body, sizeGb, ct), control)
        : Answer(await control.BackupSchedules.RestoreAsync(backup, disk, sizeGb, ct), control);

    private static IResult SetSchedule(string disk, DiskScheduleRequest request, ControlPlane control)
    {
        var made = control.BackupSchedules.Set(disk, new(request.Schedule, request.Keep, request.Folder, request.Proof, request.Check, request.Service));
        return made.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(made.Value));
    }

    private static IResult RemoveSchedule(string disk, ControlPlane control) => control.BackupSchedules.Remove(disk) is { } error ? ProblemResults.From(error) : Results.NoContent();

    private static async Task<IResult> MakeBackupAsync(string disk, ControlPlane control, CancellationToken ct) => Answer(await control.BackupSchedules.BackUpAsync(disk, ct));

    private static async Task<IResult> ProveAsync(string disk, ControlPlane control, CancellationToken ct) => Answer(await control.BackupSchedules.ProveAsync(disk, ct));

    private static IReadOnlyList<BackupInfo> ListBackups(string? disk, ControlPlane control) => [.. control.Stores.Backups.List(disk).Select(Info)];

    private static IResult Answer(Outcome<Backup> made) => made.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(made.Value));

    private static IResult Answer(Outcome<Disk> made, ControlPlane control) => made.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(made.Value, control));

    private static DiskInfo Info(Disk disk, ControlPlane control)
    {
        var backups = control.Stores.Backups.Summary(disk.Name);
        return new()
        {
            Name = disk.Name,
            SizeBytes = disk.Size,
            UsedBytes = disk.Used,
            Filesystem = disk.FileSystem,
            CreatedAt = disk.CreatedAt,
            Lease = disk.Lease is { } lease ? new(lease.App, lease.Sandbox, disk.Generation, lease.Since) : null,
            Schedule = control.Stores.Backups.FindSchedule(disk.Name) is { } schedule ? Info(schedule) : null,
            LastBackupAt = backups.LastAt,
            ProvenAt = backups.ProvenAt,
            BackupProblem = backups.Problem,
            ProofProblem = backups.ProofProblem,
        };
    }

    private static DiskScheduleInfo Info(BackupSchedule schedule) => new(
        schedule.Schedule, schedule.Keep, schedule.Folder, BackupScheduleOperations.Next(schedule.Schedule, schedule.Since), schedule.ProofSchedule, schedule.Check, schedule.Service,
        schedule.ProofSchedule is { } proof ? BackupScheduleOperations.Next(proof, schedule.ProofSince) : null);

    private static BackupInfo Info(Backup backup) => new()
    {
        Id = backup.Id,
        Disk = backup.Disk,
        At = backup.At,
        Path = backup.Path,
        SizeBytes = backup.Size,
        ProvenAt = backup.ProvenAt,
        Problem = backup.Problem ?? (File.Exists(backup.Path) ? backup.ProofProblem : "its file is gone"),
    };
}
