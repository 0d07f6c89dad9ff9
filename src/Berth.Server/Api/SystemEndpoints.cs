using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;

namespace Berth.Server.Api;

/// <summary>The machine that all apps share.</summary>
internal static class SystemEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/system/doctor", (Doctor.Doctor doctor, CancellationToken ct) => doctor.ExamineAsync(ct)).Needs(Permission.Administer, Subject.Server).WithSummary("Look at everything that Berth needs, and at what is reachable from outside");
        api.MapGet("/system/space", SpaceAsync).Needs(Permission.View, Subject.Server).WithSummary("What Berth takes of the disk, by app");
    }

    private static async Task<SpaceInfo> SpaceAsync(ControlPlane control, CancellationToken ct)
    {
        var use = await control.Space.MakeAsync(ct);
        return new()
        {
            Apps = [.. use.Apps.Select(a => new AppSpace(a.App, a.Images, a.Sandboxes, a.Logs, a.Git, a.Releases))],
            Stacks = use.Stacks,
            OtherLayers = use.OtherLayers,
            BuildCache = use.BuildCache,
            Sources = use.Sources,
            State = use.State,
            Free = use.Free,
        };
    }
}
