namespace Berth.Builds.Stacks;

/// <summary>Node.js and npm of Debian. A <c>build</c> script is run; what only it needs is removed again.</summary>
internal sealed class NodeStack : IStack
{
    private static readonly string[] Programs = ["server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs"];
    private static readonly string[] Locks = ["npm-shrinkwrap.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"];
    private static readonly string[] Installed = ["node_modules"];

    private const string DropCache = "rm -rf /tmp/npm";

    public string Name => "node";

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("NODE_ENV", "production"),
        ("NPM_CONFIG_UPDATE_NOTIFIER", "false"),
        ("NPM_CONFIG_FUND", "false"),
        // The app's home is /app, and a cache is no part of an app.
        ("NPM_CONFIG_CACHE", "/tmp/npm"),
        ("PATH", "/app/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public string PublicImage(string version) => $"node:{version}-slim";

    public StackMatch? Detect(ISourceFiles files)
    {
        bool package = files.Exists("package.json");
        var because = package ? "package.json" : Programs.FirstOrDefault(files.Exists);
        if (because is null)
            return null;
        var (command, commandBecause) = WebCommand(files);
        return new StackMatch { Stack = Name, Because = because, ByPackageFile = package, WebCommand = command, WebBecause = commandBecause };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        var package = NodePackage.Read(files);
        string[] build = package.HasBuildScript ? ["npm run build"] : [];
        var lockFile = Locks.FirstOrDefault(files.Exists);
        // npm's own note of what it installed: the packages came with the source, and no lock file says how to get them again.
        bool vendored = lockFile is null && files.Exists("node_modules/.package-lock.json");
        if (vendored || !(package.HasDependencies || package.HasBuildScript))
            return new StackSteps { Finish = build };

        var install = InstallCommand(lockFile, forBuild: package.HasBuildScript);
        string[] prune = package.HasBuildScript && lockFile is not ("yarn.lock" or "pnpm-lock.yaml") ? ["npm prune --omit=dev"] : [];
        if (package.InstallNeedsSource)
            return new StackSteps { Finish = [install, .. build, .. prune, DropCache], Replaced = Installed };
        return new StackSteps
        {
            DependencyFiles = [.. new[] { "package.json", lockFile, ".npmrc" }.OfType<string>().Where(files.Exists)],
            Install = [install, DropCache],
            Finish = package.HasBuildScript ? [.. build, .. prune, DropCache] : [],
            Replaced = Installed,
        };
    }

    /// <param name="forBuild">With the development dependencies: the build needs them. Without a build they are never fetched.</param>
    private static string InstallCommand(string? lockFile, bool forBuild) => lockFile switch
    {
        "yarn.lock" => "npx --yes yarn@1 install --frozen-lockfile --production=" + (forBuild ? "false" : "true"),
        "pnpm-lock.yaml" => "npx --yes pnpm@9 install --frozen-lockfile --prod" + (forBuild ? "=false" : ""),
        null => "npm install " + (forBuild ? "--include=dev" : "--omit=dev"),
        _ => "npm ci " + (forBuild ? "--include=dev" : "--omit=dev"),
    };

    private static (string? Command, string? Because) WebCommand(ISourceFiles files)
    {
        var package = NodePackage.Read(files);
        if (package.HasStartScript)
            return ("npm start", "\"start\" in package.json");
        if (package.Main is { } main && files.Exists(main))
            return ($"node {main}", "\"main\" in package.json");
        return Programs.FirstOrDefault(files.Exists) is { } program ? ($"node {program}", program) : (null, null);
    }
}
