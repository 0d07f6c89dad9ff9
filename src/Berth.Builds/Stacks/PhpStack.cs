using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>PHP of Debian in Apache, as the program <c>berth-php</c> sets it up; <c>.htaccess</c> files count. Packages by Composer.</summary>
internal sealed partial class PhpStack : IStack
{
    /// <summary>Folders that frameworks keep what the browser may see in.</summary>
    private static readonly string[] PublicFolders = ["public", "web", "webroot", "html"];

    private static readonly string[] Carried = ["/app/vendor"];

    public string Name => "php";

    public string Version => "8.2";

    public StackBases Bases => new("stack/php");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("COMPOSER_ALLOW_SUPERUSER", "1"),
        ("COMPOSER_HOME", "/tmp/composer"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/app/vendor/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) =>
        files.Exists("composer.json") ? new("composer:2", $"php:{version}-apache") : new($"php:{version}-apache");

    public VersionRequest? Asked(ISourceFiles files) => null;

    public StackMatch? Detect(ISourceFiles files)
    {
        bool package = files.Exists("composer.json");
        var root = new[] { "" }.Concat(PublicFolders.Select(folder => folder + "/")).FirstOrDefault(folder => files.Exists(folder + "index.php"));
        if (!package && root is null)
            return null;
        return new StackMatch
        {
            Stack = Name,
            Because = package ? "composer.json" : root + "index.php",
            ByPackageFile = package,
            WebCommand = root is null ? null : $"berth-php {(root.Length == 0 ? "." : root.TrimEnd('/'))}",
            WebBecause = root is null ? null : root + "index.php",
        };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        string[] programs = ["berth-php"];
        if (files.Read("composer.json") is not { } packages)
            return new StackSteps { Programs = programs };
        const string install = "composer install --no-dev --no-interaction --no-progress --prefer-dist --ignore-platform-reqs";
        const string dropCache = "rm -rf /tmp/composer";
        // Packages that came with the source are completed where something is missing; those of its own folders need it.
        bool withSource = files.Exists("vendor/composer/installed.json") || LocalPackages().IsMatch(packages);
        return new StackSteps
        {
            DependencyFiles = withSource ? [] : [.. new[] { "composer.json", "composer.lock" }.Where(files.Exists)],
            // Scripts and class maps need the source.
            Install = withSource ? [] : [install + " --no-scripts --no-autoloader", dropCache],
            Finish = [install + " --optimize-autoloader", dropCache],
            Carried = Carried,
            Programs = programs,
        };
    }

    [GeneratedRegex(@"""type""\s*:\s*""path""")]
    private static partial Regex LocalPackages();
}
