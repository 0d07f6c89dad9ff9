using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>A version of the language that the source asks for.</summary>
/// <param name="Version"><c>3.12</c>.</param>
/// <param name="File">Where: <c>.python-version</c>.</param>
internal sealed partial record VersionRequest(string Version, string File)
{
    /// <summary>The first of some files that names one. Ranges say nothing here: the installers know them better.</summary>
    /// <param name="places">Files, and how each writes a version; a group captures it.</param>
    public static VersionRequest? In(ISourceFiles files, params IEnumerable<(string File, Regex Version)> places) => places
        .Select(place => (place.File, Match: files.Read(place.File) is { } text ? place.Version.Match(text) : Match.Empty))
        .Where(found => found.Match.Success)
        .Select(found => new VersionRequest(found.Match.Groups[1].Value, found.File))
        .FirstOrDefault();

    /// <summary>A file with nothing but a version: <c>3.12</c>, <c>v20.1</c>, <c>ruby-3.3.0</c>.</summary>
    [GeneratedRegex(@"^\s*(?:[a-z]+-|v)?(\d+(?:\.\d+)*)\s*$")]
    public static partial Regex Alone();

    /// <summary>Whether a version is one that a request names, which may leave out its last parts: 3.11 satisfies 3.</summary>
    public static bool Satisfies(string version, string asked)
    {
        var (have, want) = (version.Split('.'), asked.Split('.').TakeWhile(part => part is not ("x" or "*")).ToArray());
        return want.Length <= have.Length && want.SequenceEqual(have.Take(want.Length));
    }
}
