using Berth.Builds;
using Berth.Definitions;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>Finishes a definition with its images: the app's own, and those that services name for themselves.</summary>
internal sealed class ServiceImages(ImageBuilder builder)
{
    /// <param name="appImage">The app's built or pulled image; null if every service names one of its own.</param>
    /// <param name="appImageName">How people know it.</param>
    public async Task<PrepareResult> CompleteAsync(AppDefinition definition, ImageInfo? appImage, string appImageName, PrepareContext context, string? commit, CancellationToken ct)
    {
        if (appImage is not null)
        {
            var completed = ImageServices.Complete(definition, appImage, appImageName);
            if (completed.Definition is null)
                return PrepareResult.Failed.From(completed.Diagnostics);
            definition = completed.Definition;
        }
        var services = new List<ReleaseService>();
        foreach (var service in definition.Services)
        {
            var (image, name) = (appImage, appImageName);
            if (service.Image is { } own)
            {
                var resolved = await builder.ResolveServiceImageAsync(own, context.Output, ct);
                if (resolved.Image is null)
                    return PrepareResult.Failed.From([resolved.Error!]);
                (image, name) = (resolved.Image, own);
                if (ImageServices.Problems(service, image) is { Count: > 0 } problems)
                    return PrepareResult.Failed.From(problems);
            }
            var sidecars = new List<SidecarImage>();
            foreach (var sidecar in service.Sidecars)
            {
                var found = await FindAsync(service, sidecar, new(image!.Id, name, image.Entrypoint.Count > 0, image.StopSignal), context, ct);
                if (found.Image is null)
                    return PrepareResult.Failed.From(found.Problems);
                sidecars.Add(found.Image);
            }
            services.Add(new()
            {
                Definition = service,
                ImageId = image!.Id,
                ImageName = name,
                ImageHasEntrypoint = image.Entrypoint.Count > 0,
                StopSignal = image.StopSignal,
                SidecarImages = sidecars,
                Port = ServicePort.Resolve(service, image),
                PoolId = "",
            });
        }
        return new PrepareResult.Ready(new()
        {
            FileEnv = definition.EnvIsConfig ? [] : definition.Env,
            Config = definition.EnvIsConfig ? EnvVars.Merge(context.Config, definition.Env) : context.Config,
            SensitiveEnv = definition.SensitiveEnv,
            Services = services,
            ReleaseCommand = definition.ReleaseCommand,
            Crons = definition.Crons,
            Commit = commit,
        })
        {
            Routes = definition.Routes,
        };
    }

    /// <param name="services">That of the service, for one that names none.</param>
    private async Task<(SidecarImage? Image, IReadOnlyList<Diagnostic> Problems)> FindAsync(ServiceDefinition service, SidecarDefinition sidecar, SidecarImage services, PrepareContext context, CancellationToken ct)
    {
        if (sidecar.Image is null)
            return (services, []);
        var resolved = await builder.ResolveServiceImageAsync(sidecar.Image, context.Output, ct);
        if (resolved.Image is not { } image)
            return (null, [resolved.Error!]);
        var problems = ImageServices.Problems(service, sidecar, image);
        return (problems.Count > 0 ? null : new(image.Id, sidecar.Image, image.Entrypoint.Count > 0, image.StopSignal), problems);
    }
}
