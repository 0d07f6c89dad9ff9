namespace Berth.Builds.Stacks;

/// <summary>Node.js of Debian, with npm from its registry. A <c>build</c> script is run; what only it needs is removed again.</summary>
internal sealed class NodeStack : IStack
{
    private static readonly string[] Programs = ["server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs"];
    private static readonly string[] Locks = ["npm-shrinkwrap.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"];
    private static readonly string[] Installed = ["node_modules"];

    private static readonly string[] Carried = ["/app/node_modules"];

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

    public string Version => "18";

    public StackBases Bases => new("stack/node-build", "stack/node");

    public StackBases PublicBases(string version, ISourceFiles files) => new($"node:{version}", $"node:{version}-slim");

    public VersionRequest? Asked(ISourceFiles files) => NodePackage.Read(files).Engine is { } engine && VersionRequest.Alone().IsMatch(engine)
        ? new VersionRequest(engine, "package.json")
        : VersionRequest.In(files, (".nvmrc", VersionRequest.Alone()), (".node-version", VersionRequest.Alone()));

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

        var install = InstallCommand(package, lockFile, files);
        string[] prune = package.HasBuildScript && lockFile is not ("yarn.lock" or "pnpm-lock.yaml") && package.Manager is null or ("npm", _) ? ["npm prune --omit=dev"] : [];
        if (package.InstallNeedsSource)
            return new StackSteps { Finish = [install, .. build, .. prune, DropCache], Replaced = Installed };
        return new StackSteps
        {
            DependencyFiles = [.. new[] { "package.json", lockFile, ".npmrc", ".yarnrc.yml" }.OfType<string>().Where(files.Exists)],
            Install = [install, DropCache],
            Finish = package.HasBuildScript ? [.. build, .. prune, DropCache] : [],
            Replaced = Installed,
            Carried = Carried,
        };
    }

    /// <summary>With the development dependencies where there is a build, which needs them. Without one they are never fetched.</summary>
    private static string InstallCommand(NodePackage package, string? lockFile, ISourceFiles files)
    {
        bool forBuild = package.HasBuildScript;
        var (manager, version) = package.Manager ?? (lockFile switch { "yarn.lock" => "yarn", "pnpm-lock.yaml" => "pnpm", _ => "npm" }, null);
        return manager switch
        {
            // From version 2 on yarn has another name in the registry, and knows no production installs without a plug-in.
            "yarn" when IsModernYarn(version, files) => $"npx --yes @yarnpkg/cli-dist@{version ?? "4"} install" + (lockFile is null ? "" : " --immutable"),
            "yarn" => $"npx --yes yarn@{version ?? "1"} install{(lockFile is null ? "" : " --frozen-lockfile")} --production=" + (forBuild ? "false" : "true"),
            "pnpm" => $"npx --yes pnpm@{version ?? "9"} install{(lockFile is null ? "" : " --frozen-lockfile")} --prod" + (forBuild ? "=false" : ""),
            _ => (lockFile is "package-lock.json" or "npm-shrinkwrap.json" ? "npm ci " : "npm install ") + (forBuild ? "--include=dev" : "--omit=dev"),
        };
    }

    private static bool IsModernYarn(string? version, ISourceFiles files) =>
        version is null ? files.Read("yarn.lock")?.Contains("__metadata:", StringComparison.Ordinal) == true : !version.StartsWith("1.", StringComparison.Ordinal) && version != "1";

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
