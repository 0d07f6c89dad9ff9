using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>What releases are made of, and the images that they can be made of.</summary>
internal static class ReleaseEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/apps/{app}/releases", List).Needs(Permission.View).WithSummary("An app's releases, newest first").Produces<IReadOnlyList<ReleaseInfo>>();
        api.MapGet("/apps/{app}/releases/{release}", Show).Needs(Permission.View).WithSummary("One release, by number or id, with its services and variables").Produces<ReleaseDetails>();
        api.MapGet("/images", ImageAsync).Needs(Permission.Deploy, Subject.Covered).WithSummary("An image that the engine has; nothing is pulled").Produces<ImageDetails>();
    }

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<ReleaseInfo> ListOf(ControlPlane control, AppRecord app) => [.. control.Stores.Releases.List(app.Name).Select(r => Info(r, app))];

    /// <summary>All of a release.</summary>
    /// <param name="env">How much of its variables.</param>
    public static ReleaseDetails Details(Release release, AppRecord app, EnvPart env) => new()
    {
        Release = Info(release, app),
        ReleaseCommand = release.ReleaseCommand,
        Env = EnvViews.Of(release, env),
        Services = [.. release.Services.Select(s => Service(s, release.SensitiveEnv, env))],
    };

    private static IResult List(string app, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } missing ? ProblemResults.From(missing) : Results.Ok(ListOf(control, found.Value));
    }

    private static IResult Show(string app, string release, HttpContext http, ControlPlane control)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } noApp)
            return ProblemResults.From(noApp);
        var shown = control.Deployments.FindRelease(found.Value, release);
        return shown.Error is { } noRelease ? ProblemResults.From(noRelease) : Results.Ok(Details(shown.Value, found.Value, EnvViews.For(http)));
    }

    private static async Task<IResult> ImageAsync(string reference, ControlPlane control, CancellationToken ct) => await control.Images.FindImageAsync(reference, ct) is { } image
        ? Results.Ok(new ImageDetails { Id = image.Id, Entrypoint = image.Entrypoint, Cmd = image.Cmd, ExposedTcpPorts = image.ExposedTcpPorts })
        : ProblemResults.Of(StatusCodes.Status404NotFound, "image-not-found", $"the engine has no image \"{reference}\"; a deployment would pull it");

    private static ReleaseInfo Info(Release release, AppRecord app) => new()
    {
        Id = release.Id,
        Release = release.Label,
        CreatedAt = release.CreatedAt,
        Commit = release.Commit,
        Description = release.Description,
        Active = release.Id == app.ActiveRelease,
        Image = release.OwnService.ImageName,
        Services = [.. release.Services.Select(s => s.Definition.Name)],
    };

    private static ServiceDetails Service(ReleaseService service, IReadOnlyList<string> sensitive, EnvPart env) => new()
    {
        Name = service.Definition.Name,
        Command = service.Definition.Command ?? (service.Definition.Args is { } args ? string.Join(' ', args) : null),
        Image = service.ImageName,
        Port = service.Port,
        Mode = service.Definition.Scaling.ModeName,
        Instances = service.Definition.Scaling.Mode == ScalingMode.Fixed ? service.Definition.Scaling.Instances : service.Definition.Scaling.MinInstances,
        MaxInstances = service.Definition.Scaling.Mode == ScalingMode.Fixed ? null : service.Definition.Scaling.MaxInstances,
        Memory = ByteSize.Format(service.Definition.MemoryBytes),
        Cpu = service.Definition.Cpu,
        Overlaps = service.Definition.Overlaps,
        Env = EnvViews.Of(service.Definition.Env, sensitive, env),
        Disks = [.. service.Definition.Disks.Select(d => d.Name)],
        Sidecars = [.. service.Definition.Sidecars.Zip(service.SidecarImages, (sidecar, image) => new SidecarDetails
        {
            Name = sidecar.Name,
            Command = sidecar.Command,
            Image = image.Name,
            Memory = sidecar.MemoryBytes is { } bytes ? ByteSize.Format(bytes) : null,
            Cpu = sidecar.Cpu,
            Env = EnvViews.Of(sidecar.Env, sensitive, env),
        })],
        Source = service.Definition.Source,
    };
}
