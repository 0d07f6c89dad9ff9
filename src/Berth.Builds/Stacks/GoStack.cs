using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>Go of Debian's backports, which fetches a newer one by itself if go.mod asks for it. Programs go to <c>/app/bin</c>, beside the source.</summary>
internal sealed partial class GoStack : IStack
{
    /// <summary>Names of the folder in <c>cmd</c> that is the web server, where there are several.</summary>
    private static readonly string[] WebNames = ["web", "server", "api", "app", "main"];

    public string Name => "go";

    public string Version => "1.23";

    public StackBases Bases => new("stack/go-build", "stack/base");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("LANG", "C.UTF-8"),
        ("PATH", "/app/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) => new($"golang:{version}-bookworm", "stack/base");

    /// <summary>Go gets another version by itself.</summary>
    public VersionRequest? Asked(ISourceFiles files) => null;

    public StackMatch? Detect(ISourceFiles files)
    {
        bool module = files.Exists("go.mod");
        var because = module ? "go.mod" : MainFile(files, "");
        if (because is null)
            return null;
        var (program, programBecause) = WebProgram(files);
        return new StackMatch
        {
            Stack = Name,
            Because = because,
            ByPackageFile = module,
            WebCommand = program is null ? null : $"bin/{program}",
            WebBecause = programBecause,
        };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        string[] module = files.Exists("go.mod") ? [] : ["go mod init app"];
        // A main package at the root gets the name that the default command has, whatever the module's path says.
        string[] root = MainFile(files, "") is null ? [] : [$"go build -o bin/{RootProgram(files)} ."];
        string[] commands = files.FoldersIn("cmd").Count == 0 ? [] : ["go build -o bin/ ./cmd/..."];
        if (root.Length + commands.Length == 0)
            commands = ["go build -o bin/ ./..."];
        bool fetches = files.Exists("go.sum") && !files.Exists("vendor/modules.txt") && !LocalModule().IsMatch(files.Read("go.mod") ?? "");
        return new StackSteps
        {
            DependencyFiles = fetches ? ["go.mod", "go.sum"] : [],
            Install = fetches ? ["go mod download"] : [],
            Finish = ["mkdir -p bin", .. module, .. root, .. commands],
        };
    }

    private static (string? Program, string? Because) WebProgram(ISourceFiles files)
    {
        if (MainFile(files, "") is { } file)
            return (RootProgram(files), file);
        var commands = files.FoldersIn("cmd").Where(folder => MainFile(files, $"cmd/{folder}") is not null).ToArray();
        var web = commands.Length == 1 ? commands[0] : WebNames.Append(ModuleName(files)).FirstOrDefault(commands.Contains);
        return web is null ? (null, null) : (web, $"cmd/{web}");
    }

    private static string RootProgram(ISourceFiles files) => ModuleName(files) is { Length: > 0 } name && !files.FoldersIn("cmd").Contains(name) ? name : "web";

    /// <summary>The last part of the module's path that is no version: <c>example.com/shop/v2</c> → <c>shop</c>.</summary>
    private static string ModuleName(ISourceFiles files)
    {
        var path = ModulePath().Match(files.Read("go.mod") ?? "").Groups[1].Value;
        return path.Split('/').LastOrDefault(part => PlainName().IsMatch(part) && !MajorVersion().IsMatch(part)) ?? "";
    }

    private static string? MainFile(ISourceFiles files, string folder) => files.FilesIn(folder)
        .Where(file => file.EndsWith(".go", StringComparison.Ordinal) && !file.EndsWith("_test.go", StringComparison.Ordinal))
        .FirstOrDefault(file => MainPackage().IsMatch(files.Read(folder.Length == 0 ? file : $"{folder}/{file}") ?? ""));

    [GeneratedRegex(@"^package\s+main\b", RegexOptions.Multiline)]
    private static partial Regex MainPackage();

    [GeneratedRegex(@"^module\s+""?([^\s""]+)", RegexOptions.Multiline)]
    private static partial Regex ModulePath();

    [GeneratedRegex(@"=>\s*\.{1,2}/", RegexOptions.Multiline)]
    private static partial Regex LocalModule();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^v\d+$")]
    private static partial Regex MajorVersion();
}
