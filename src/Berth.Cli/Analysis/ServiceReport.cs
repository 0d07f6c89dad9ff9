using Berth.Contracts;
using Berth.Definitions;
using Berth.Model;

namespace Berth.Cli.Analysis;

/// <summary>One service of an analysis, as a release would have it.</summary>
internal static class ServiceReport
{
    /// <param name="appImage">How people know the image of services that name none.</param>
    /// <param name="image">That image; null: not known yet.</param>
    public static ServiceDetails Of(ServiceDefinition service, string appImage, ImageInfo? image)
    {
        var own = service.Image is null ? image : null;
        var isFixed = service.Scaling.Mode == ScalingMode.Fixed;
        return new()
        {
            Name = service.Name,
            Command = service.Command ?? (service.Args is { } args ? string.Join(' ', args) : null),
            Image = service.Image ?? appImage,
            Port = ServicePort.Resolve(service, own ?? new ImageInfo { Id = "", Architecture = "" }),
            Mode = service.Scaling.ModeName,
            Instances = isFixed ? service.Scaling.Instances : service.Scaling.MinInstances,
            MaxInstances = isFixed ? null : service.Scaling.MaxInstances,
            Memory = ByteSize.Format(service.MemoryBytes),
            Cpu = service.Cpu,
            Overlaps = service.Overlaps,
            Env = [.. service.Env.Select(v => new EnvInfo(v.Key, v.Value, "config"))],
            Disks = [.. service.Disks.Select(d => d.Name)],
            Sidecars = [.. service.Sidecars.Select(sidecar => new SidecarDetails
            {
                Name = sidecar.Name,
                Command = sidecar.Command,
                Image = sidecar.Image ?? service.Image ?? appImage,
                Memory = sidecar.MemoryBytes is { } bytes ? ByteSize.Format(bytes) : null,
                Cpu = sidecar.Cpu,
                Env = [.. sidecar.Env.Select(v => new EnvInfo(v.Key, v.Value, "config"))],
            })],
            Source = service.Source,
            Defaults = service.Defaults,
            StartsWith = StartsWith(service, own),
        };
    }

    /// <summary>Without the image it is taken to have no ENTRYPOINT, which is how Berth's own stacks are made.</summary>
    private static IReadOnlyList<string> StartsWith(ServiceDefinition service, ImageInfo? image)
    {
        if (service is { Command: null, Args: null })
            return image is null ? [] : [.. image.Entrypoint, .. image.Cmd];
        return [.. image?.Entrypoint ?? [], .. StartCommand.Resolve(service, image is { Entrypoint.Count: > 0 }, image?.StopSignal) ?? []];
    }
}
