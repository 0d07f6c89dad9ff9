using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>
/// .NET, published. Debian has no SDK: <c>stack/dotnet</c> is a copy of the one that the server's machine has, other versions are Microsoft's public images.
/// </summary>
internal sealed partial class DotnetStack : IStack
{
    private const string Published = "/out";

    /// <summary>Files that an install goes by besides the projects.</summary>
    private static readonly string[] Settings = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config", "NuGet.Config"];

    public string Name => "dotnet";

    public string Version => System.Environment.Version.ToString(2);

    public StackBases Bases => new("stack/dotnet-build", "stack/dotnet");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
        ("DOTNET_NOLOGO", "1"),
        // An app for an older .NET runs on the one that is there.
        ("DOTNET_ROLL_FORWARD", "Major"),
        ("DOTNET_ROOT", "/usr/share/dotnet"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) => new($"mcr.microsoft.com/dotnet/sdk:{version}", $"mcr.microsoft.com/dotnet/aspnet:{version}");

    public VersionRequest? Asked(ISourceFiles files) => null;

    public StackMatch? Detect(ISourceFiles files)
    {
        var projects = Projects(files);
        if (projects.Count == 0)
            return null;
        var app = App(files, projects);
        return new StackMatch
        {
            Stack = Name,
            Because = app ?? projects[0],
            ByPackageFile = true,
            WebCommand = app is null ? null : $"ASPNETCORE_URLS=http://0.0.0.0:$PORT dotnet {ProgramName(files, app)}.dll",
            WebBecause = app,
        };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        var projects = Projects(files);
        var app = App(files, projects) ?? projects.FirstOrDefault() ?? ".";
        string[] known = [.. projects, .. Settings.Where(files.Exists), .. projects.Select(FolderOf).Select(folder => folder + "packages.lock.json").Where(files.Exists)];
        return new StackSteps
        {
            DependencyFiles = known,
            Install = known.Length == 0 ? [] : [$"dotnet restore '{app}'"],
            Finish = [$"dotnet publish '{app}' -c Release -o {Published} --no-restore"],
            Replaced = [.. projects.Select(FolderOf).SelectMany(folder => new[] { folder + "bin", folder + "obj" })],
            Result = Published,
        };
    }

    /// <summary>Of the root, of its folders, and of the folders in those: <c>App.csproj</c>, <c>App/App.csproj</c>, <c>src/App/App.csproj</c>.</summary>
    private static IReadOnlyList<string> Projects(ISourceFiles files)
    {
        var folders = files.FoldersIn("").ToArray();
        return [.. In(""), .. folders.SelectMany(In), .. folders.SelectMany(folder => files.FoldersIn(folder).SelectMany(inner => In($"{folder}/{inner}")))];

        IEnumerable<string> In(string folder) => files.FilesIn(folder).Where(file => ProjectFile().IsMatch(file)).Select(file => folder.Length == 0 ? file : $"{folder}/{file}");
    }

    /// <summary>A web project, else the one at the root, else the only one that makes a program.</summary>
    private static string? App(ISourceFiles files, IReadOnlyList<string> projects)
    {
        bool Says(string project, string text) => files.Read(project)?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
        var programs = projects.Where(project => Says(project, "<OutputType>Exe")).ToArray();
        return projects.FirstOrDefault(project => Says(project, "Microsoft.NET.Sdk.Web"))
            ?? programs.FirstOrDefault(project => !project.Contains('/'))
            ?? (programs.Length == 1 ? programs[0] : null);
    }

    private static string ProgramName(ISourceFiles files, string project) =>
        AssemblyName().Match(files.Read(project) ?? "") is { Success: true } match ? match.Groups[1].Value : Path.GetFileNameWithoutExtension(project);

    private static string FolderOf(string project) => project[..(project.LastIndexOf('/') + 1)];

    /// <summary>Names that need no quoting.</summary>
    [GeneratedRegex(@"^[\w.-]+\.(cs|fs|vb)proj$")]
    private static partial Regex ProjectFile();

    [GeneratedRegex(@"<AssemblyName>\s*([\w.-]+)\s*<")]
    private static partial Regex AssemblyName();
}
