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
        api.MapPost("/disks/{disk}/restore", RestoreAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Make a disk from a backup").Produces<DiskInfo>();
    }

    private static IReadOnlyList<DiskInfo> List(HttpContext http, ControlPlane control)
    {
        var grant = http.Caller().Grant;
        // A disk belongs to no app: who may not see all apps sees the disks that the own ones have at the moment.
        return [.. control.Disks.List().Where(d => grant.Apps is null || (d.Lease is { } lease && grant.Covers(lease.App))).Select(Info)];
    }

    private static async Task<IResult> CreateAsync(DiskRequest request, HttpContext http, ControlPlane control, CancellationToken ct)
    {
        http.Note(request.Name);
        return Answer(await control.Disks.CreateAsync(request.Name, request.SizeGb, request.Filesystem, ct));
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

    private static async Task<IResult> RestoreAsync(string disk, int? sizeGb, HttpRequest request, ControlPlane control, CancellationToken ct) =>
        Answer(await control.Backups.RestoreAsync(disk, request.Body, sizeGb, ct));

    private static IResult Answer(Outcome<Disk> made) => made.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(made.Value));

    private static DiskInfo Info(Disk disk) => new()
    {
        Name = disk.Name,
        SizeBytes = disk.Size,
        UsedBytes = disk.Used,
        Filesystem = disk.FileSystem,
        CreatedAt = disk.CreatedAt,
        Lease = disk.Lease is { } lease ? new(lease.App, lease.Sandbox, disk.Generation, lease.Since) : null,
    };
}
