using Berth.Model;

namespace Berth.Definitions;

/// <summary>How a service's command is given to its image (SPEC section 4).</summary>
public static class StartCommand
{
    /// <summary>What replaces the image's CMD; null: nothing does. An ENTRYPOINT stays in either case.</summary>
    /// <param name="stopSignal">The image's STOPSIGNAL; null: SIGTERM.</param>
    /// <exception cref="ArgumentException">The command cannot be split for the ENTRYPOINT; <see cref="ImageServices.Problems"/> tells that beforehand.</exception>
    public static IReadOnlyList<string>? Resolve(ServiceDefinition service, bool imageHasEntrypoint, string? stopSignal = null)
    {
        if (service.Args is not null || service.Command is null)
            return service.Args;
        if (!imageHasEntrypoint)
            return ["/bin/sh", "-c", ShellCommand.For(service.Command, stopSignal)];
        return ShellWords.TrySplit(service.Command, out var words, out var problem)
            ? words
            : throw new ArgumentException($"command of service {service.Name}: {problem}", nameof(service));
    }
}
