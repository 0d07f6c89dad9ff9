using System.Globalization;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>What the engine says of an image, in Berth's words.</summary>
internal static class ImageDescription
{
    public static ImageInfo From(ImageDetails image) => new()
    {
        Id = image.Id,
        Tags = image.RepoTags ?? [],
        Entrypoint = image.Config?.Entrypoint ?? [],
        Cmd = image.Config?.Cmd ?? [],
        Env = image.Config?.Env ?? [],
        App = image.Config?.Labels?.GetValueOrDefault(Labels.App),
        ExposedTcpPorts = TcpPorts(image.Config?.ExposedPorts?.Keys ?? []),
        WorkingDir = image.Config?.WorkingDir ?? "",
        User = image.Config?.User ?? "",
        StopSignal = image.Config?.StopSignal is { Length: > 0 } signal ? signal : null,
        Architecture = image.Architecture,
        SizeBytes = image.Size,
    };

    /// <summary>Of <c>80/tcp</c>, <c>53/udp</c> and <c>8080</c> (which is TCP): 80 and 8080.</summary>
    private static List<int> TcpPorts(IEnumerable<string> exposed)
    {
        var ports = new SortedSet<int>();
        foreach (var text in exposed)
        {
            var (number, protocol) = text.Split('/') is [var first, var second] ? (first, second) : (text, "tcp");
            if (protocol == "tcp" && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                ports.Add(port);
        }
        return [.. ports];
    }
}
