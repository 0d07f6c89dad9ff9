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
            services.Add(new()
            {
                Definition = service,
                ImageId = image!.Id,
                ImageName = name,
                ImageHasEntrypoint = image.Entrypoint.Count > 0,
                StopSignal = image.StopSignal,
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
}
