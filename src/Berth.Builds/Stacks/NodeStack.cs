using System.Text.Json;

namespace Berth.Builds.Stacks;

/// <summary>Node.js and npm of Debian. A <c>build</c> script is run; what only it needs is removed again.</summary>
internal sealed class NodeStack : IStack
{
    private static readonly string[] Programs = ["server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs"];
    private static readonly string[] NpmLocks = ["package-lock.json", "npm-shrinkwrap.json"];

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
        var package = Package.Read(files);
        bool vendored = files.Exists("node_modules/.package-lock.json");
        bool npmLocked = NpmLocks.Any(files.Exists);
        bool locked = npmLocked || files.Exists("yarn.lock") || files.Exists("pnpm-lock.yaml");
        bool install = (package.HasDependencies || package.HasBuildScript) && (locked || !vendored);
        if (!install)
            return new StackSteps { Finish = package.HasBuildScript ? ["npm run build"] : [] };
        // The build needs the development dependencies too; without a build they are never fetched.
        var (command, lockFiles) = Installer(files, npmLocked, everything: package.HasBuildScript);
        return new StackSteps
        {
            DependencyFiles = package.InstallNeedsSource ? [] : ["package.json", .. lockFiles],
            Install = package.InstallNeedsSource ? [] : [command, .. Clean],
            Finish =
            [
                .. package.InstallNeedsSource ? [command] : Array.Empty<string>(),
                .. package.HasBuildScript ? ["npm run build", .. npmLocked ? ["npm prune --omit=dev"] : Array.Empty<string>()] : Array.Empty<string>(),
                .. package.InstallNeedsSource || package.HasBuildScript ? Clean : [],
            ],
            Replaced = ["node_modules"],
        };
    }

    private static readonly string[] Clean = ["rm -rf /tmp/npm"];

    private static (string Command, string[] LockFiles) Installer(ISourceFiles files, bool npmLocked, bool everything)
    {
        string[] settings = files.Exists(".npmrc") ? [".npmrc"] : [];
        var which = everything ? "--include=dev" : "--omit=dev";
        if (npmLocked)
            return ($"npm ci {which}", [.. NpmLocks.Where(files.Exists), .. settings]);
        if (files.Exists("yarn.lock"))
            return ($"npx --yes yarn@1 install --frozen-lockfile --production={(everything ? "false" : "true")}", ["yarn.lock", .. settings]);
        if (files.Exists("pnpm-lock.yaml"))
            return ($"npx --yes pnpm@9 install --frozen-lockfile{(everything ? " --prod=false" : " --prod")}", ["pnpm-lock.yaml", .. settings]);
        return ($"npm install {which}", settings);
    }

    private static (string? Command, string? Because) WebCommand(ISourceFiles files)
    {
        var package = Package.Read(files);
        if (package.HasStartScript)
            return ("npm start", "\"start\" in package.json");
        if (package.Main is { } main && files.Exists(main))
            return ($"node {main}", "\"main\" in package.json");
        return Programs.FirstOrDefault(files.Exists) is { } program ? ($"node {program}", program) : (null, null);
    }

    /// <summary>The few things asked of a package.json. One that is no JSON says nothing here; npm will say it in the build.</summary>
    /// <param name="InstallNeedsSource">The install runs the app's own scripts or takes packages out of its folders, so package.json alone is not enough for it.</param>
    private sealed record Package(bool HasDependencies, bool HasStartScript, bool HasBuildScript, bool InstallNeedsSource, string? Main)
    {
        public static Package Read(ISourceFiles files)
        {
            var nothing = new Package(false, false, false, false, null);
            if (files.Read("package.json") is not { } text)
                return nothing;
            try
            {
                using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
                var root = json.RootElement;
                if (root.ValueKind != JsonValueKind.Object)
                    return nothing;
                return new Package(
                    HasMembers(root, "dependencies") || HasMembers(root, "devDependencies") || HasMembers(root, "optionalDependencies") || root.TryGetProperty("workspaces", out _),
                    HasScript(root, "start"),
                    HasScript(root, "build"),
                    root.TryGetProperty("workspaces", out _) || HasLocalDependency(root)
                        || new[] { "preinstall", "install", "postinstall", "prepare" }.Any(script => HasScript(root, script)),
                    root.TryGetProperty("main", out var main) && main.ValueKind == JsonValueKind.String ? PlainPath(main.GetString()!) : null);
            }
            catch (JsonException)
            {
                return nothing;
            }
        }

        private static bool HasMembers(JsonElement root, string name) =>
            root.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any();

        private static bool HasLocalDependency(JsonElement root) =>
            new[] { "dependencies", "devDependencies", "optionalDependencies" }.Any(name =>
                HasMembers(root, name) && root.GetProperty(name).EnumerateObject().Any(dependency =>
                    dependency.Value.ToString() is var source
                    && (source.StartsWith("file:", StringComparison.Ordinal) || source.StartsWith("link:", StringComparison.Ordinal) || source.StartsWith('.'))));

        private static bool HasScript(JsonElement root, string name) =>
            root.TryGetProperty("scripts", out var scripts) && scripts.ValueKind == JsonValueKind.Object
            && scripts.TryGetProperty(name, out var script) && script.ValueKind == JsonValueKind.String;

        /// <summary>It ends up in a command line; a path of other characters is not worth quoting.</summary>
        private static string? PlainPath(string path) =>
            path.Length > 0 && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '_' or '-') && !path.Contains("..") && path[0] is not ('/' or '-')
                ? path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path
                : null;
    }
}
