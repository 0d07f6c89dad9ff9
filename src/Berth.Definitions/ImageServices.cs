using Berth.Model;

namespace Berth.Definitions;

/// <summary>What an image adds to a definition once it is built or pulled, and whether the two go together.</summary>
public static class ImageServices
{
    /// <summary>
    /// The definition with the implied <c>cmd</c> if the files define no service. Services that run the app's image are checked
    /// against it (see <see cref="Problems(ServiceDefinition, ImageInfo)"/>); those with an image of their own are not.
    /// </summary>
    /// <param name="sourceName">Where <c>cmd</c> is said to come from: <c>image</c>, <c>image demo:1.0</c>.</param>
    public static DefinitionResult Complete(AppDefinition definition, ImageInfo image, string sourceName)
    {
        if (definition.Services.Count == 0 && !image.HasCommand)
            return new DefinitionResult(null, [DefinitionMessages.NoService().In(null)]);
        var services = definition.Services.Count > 0 ? definition.Services : [ServiceCombiner.FromCommand("cmd", command: null, sourceName)];
        return DefinitionResult.Of(
            definition with { Services = services },
            [.. services.Where(service => service.Image is null).SelectMany(service => Problems(service, image))]);
    }

    /// <summary>Why a service cannot be started from an image; empty if it can. Of its sidecars, those that run the same image.</summary>
    public static IReadOnlyList<Diagnostic> Problems(ServiceDefinition service, ImageInfo image)
    {
        List<Diagnostic> problems = [.. service.Sidecars.Where(sidecar => sidecar.Image is null).SelectMany(sidecar => Problems(service, sidecar, image))];
        if (service is { Command: null, Args: null } && !image.HasCommand)
            problems.Add(DefinitionMessages.ImageWithoutCommand(service.Name).In(null));
        else if (service.Args is null && CannotSplit(service.Command, image) is { } reason)
            problems.Add(DefinitionMessages.UnsplittableCommand(service.Name, reason).In(null));
        return problems;
    }

    /// <summary>The same of one sidecar and its image.</summary>
    public static IReadOnlyList<Diagnostic> Problems(ServiceDefinition service, SidecarDefinition sidecar, ImageInfo image)
    {
        if (sidecar.Command is null && !image.HasCommand)
            return [DefinitionMessages.SidecarWithoutCommand(service.Name, sidecar.Name).In(null)];
        return CannotSplit(sidecar.Command, image) is { } reason ? [DefinitionMessages.UnsplittableSidecar(service.Name, sidecar.Name, reason).In(null)] : [];
    }

    private static string? CannotSplit(string? command, ImageInfo image) =>
        command is not null && image.Entrypoint.Count > 0 && !ShellWords.TrySplit(command, out _, out var problem) ? problem : null;
}
