using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>Files for the browser, served by nginx as the program <c>berth-static</c> sets it up. A <c>Staticfile</c> counts as in Cloud Foundry: <c>root</c> and <c>pushstate</c>.</summary>
internal sealed partial class StaticStack : IStack
{
    private static readonly string[] Folders = ["", "public/", "dist/", "build/", "site/", "_site/", "www/"];

    public string Name => "static";

    public string Version => "1.22";

    public StackBases Bases => new("stack/static");

    public IReadOnlyList<(string Key, string Value)> Environment => [("LANG", "C.UTF-8"), ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")];

    public StackBases PublicBases(string version, ISourceFiles files) => new($"nginx:{version}");

    public VersionRequest? Asked(ISourceFiles files) => null;

    public StackMatch? Detect(ISourceFiles files)
    {
        var settings = files.Read("Staticfile");
        var folder = Folders.FirstOrDefault(folder => files.Exists(folder + "index.html"));
        if (settings is null && folder is null)
            return null;
        var root = Root().Match(settings ?? "") is { Success: true } match ? match.Groups[1].Value : folder is null or "" ? "." : folder.TrimEnd('/');
        return new StackMatch
        {
            Stack = Name,
            Because = settings is null ? folder + "index.html" : "Staticfile",
            ByPackageFile = settings is not null,
            WebCommand = $"berth-static {root}" + (PushState().IsMatch(settings ?? "") ? " index.html" : ""),
            WebBecause = settings is null ? folder + "index.html" : "Staticfile",
        };
    }

    public StackSteps StepsFor(ISourceFiles files) => new() { Programs = ["berth-static"] };

    [GeneratedRegex(@"^\s*root:\s*([\w./-]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Root();

    [GeneratedRegex(@"^\s*pushstate:\s*enabled\s*$", RegexOptions.Multiline)]
    private static partial Regex PushState();
}
