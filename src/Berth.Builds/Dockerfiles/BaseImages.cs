using System.Text.RegularExpressions;

namespace Berth.Builds.Dockerfiles;

/// <summary>Finds the images that a Dockerfile is built upon, as far as they can be told without building it.</summary>
internal static partial class BaseImages
{
    /// <summary>
    /// References of all FROM lines and <c>COPY --from</c>, without the file's own stages and <c>scratch</c>. An <c>ARG</c> in front of the first FROM counts with its
    /// default; a reference that needs more than that is left out.
    /// </summary>
    public static IReadOnlyList<string> In(string dockerfile)
    {
        var defaults = new Dictionary<string, string>(StringComparer.Ordinal);
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        var images = new List<string>();
        foreach (var line in dockerfile.Split('\n').Select(line => line.Trim()))
        {
            if (Argument().Match(line) is { Success: true } argument && images.Count == 0)
                defaults[argument.Groups["name"].Value] = argument.Groups["value"].Value.Trim('"', '\'');
            else if (CopyFrom().Match(line) is { Success: true } copy)
                Add(copy.Groups["image"].Value);
            else if (From().Match(line) is { Success: true } from)
            {
                Add(Variable().Replace(from.Groups["image"].Value, match => defaults.GetValueOrDefault(match.Groups["name"].Value, match.Value)));
                if (from.Groups["stage"] is { Success: true } stage)
                    stages.Add(stage.Value);
            }
        }
        return images;

        void Add(string reference)
        {
            bool number = reference.All(char.IsAsciiDigit);
            if (!number && !reference.Contains('$') && !stages.Contains(reference) && !images.Contains(reference))
                images.Add(reference);
        }
    }

    [GeneratedRegex(@"^FROM\s+(?:--\S+\s+)*(?<image>\S+)(?:\s+AS\s+(?<stage>\S+))?", RegexOptions.IgnoreCase)]
    private static partial Regex From();

    [GeneratedRegex(@"^COPY\s+(?:--\S+\s+)*?--from=(?<image>\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex CopyFrom();

    [GeneratedRegex(@"^ARG\s+(?<name>\w+)=(?<value>\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex Argument();

    [GeneratedRegex(@"\$\{?(?<name>\w+)\}?")]
    private static partial Regex Variable();
}
