using Berth.Model;

namespace Berth.Definitions;

/// <summary>How a service's command is given to its image (SPEC section 4).</summary>
public static class StartCommand
{
    /// <summary>What replaces the image's CMD; null: nothing does. An ENTRYPOINT stays in either case.</summary>
    /// <param name="stopSignal">The image's STOPSIGNAL; null: SIGTERM.</param>
    /// <exception cref="ArgumentException">The command cannot be split for the ENTRYPOINT; <see cref="ImageServices.Problems(ServiceDefinition, ImageInfo)"/> tells that beforehand.</exception>
    public static IReadOnlyList<string>? Resolve(ServiceDefinition service, bool imageHasEntrypoint, string? stopSignal = null) =>
        service.Args ?? Resolve(service.Command, imageHasEntrypoint, stopSignal);

    /// <summary>The same of a sidecar's command, whose image may be another.</summary>
    /// <exception cref="ArgumentException">As above.</exception>
    public static IReadOnlyList<string>? Resolve(SidecarDefinition sidecar, bool imageHasEntrypoint, string? stopSignal) => Resolve(sidecar.Command, imageHasEntrypoint, stopSignal);

    private static IReadOnlyList<string>? Resolve(string? command, bool imageHasEntrypoint, string? stopSignal)
    {
        if (command is null)
            return null;
        if (!imageHasEntrypoint)
            return ["/bin/sh", "-c", ShellCommand.For(command, stopSignal)];
        return ShellWords.TrySplit(command, out var words, out var problem)
            ? words
            : throw new ArgumentException($"command {command}: {problem}", nameof(command));
    }
}
