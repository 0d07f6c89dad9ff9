using System.Globalization;
using System.Text.Json;
using Berth.Model;

namespace Berth.Builds.Dockerfiles;

/// <summary>
/// What a Dockerfile's last stage says of how its image is run: an estimate for people, made without building. What the base image says is not known here.
/// </summary>
public static class DockerfileOutline
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>CMD, ENTRYPOINT and EXPOSE; empty where the file leaves them to its base image.</summary>
    public static ImageInfo Read(string dockerfile)
    {
        var nothing = new ImageInfo { Id = "", Architecture = "" };
        var image = nothing;
        foreach (var line in Lines(dockerfile))
        {
            var words = line.Split(Blanks, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length < 2)
                continue;
            image = words[0].ToUpperInvariant() switch
            {
                "FROM" => nothing,
                "CMD" => image with { Cmd = Command(words[1]) },
                "ENTRYPOINT" => image with { Entrypoint = Command(words[1]) },
                "EXPOSE" => image with { ExposedTcpPorts = [.. image.ExposedTcpPorts.Concat(Ports(words[1])).Distinct().Order()] },
                _ => image,
            };
        }
        return image;
    }

    private static IReadOnlyList<string> Command(string text)
    {
        if (!text.StartsWith('['))
            return ["/bin/sh", "-c", text];
        try
        {
            using var words = JsonDocument.Parse(text);
            return [.. words.RootElement.EnumerateArray().Select(word => word.GetString() ?? "")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The builder, too, takes what is no JSON array as a line for the shell.
            return ["/bin/sh", "-c", text];
        }
    }

    private static IEnumerable<int> Ports(string text) => text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries)
        .Where(port => !port.EndsWith("/udp", StringComparison.OrdinalIgnoreCase))
        .Select(port => int.TryParse(port.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .Where(port => port is > 0 and <= ushort.MaxValue);

    /// <summary>Lines as the builder sees them: comments gone, those that end in a backslash joined with the next.</summary>
    private static IEnumerable<string> Lines(string dockerfile)
    {
        var joined = "";
        foreach (var line in dockerfile.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line.EndsWith('\\'))
            {
                joined += line[..^1] + " ";
                continue;
            }
            yield return joined + line;
            joined = "";
        }
    }
}
