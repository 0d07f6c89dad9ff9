using System.Text.Json;
using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>The few things asked of a package.json. One that is no JSON says nothing here; npm will say it in the build.</summary>
/// <param name="InstallNeedsSource">The install runs the app's own scripts or takes packages out of its folders, so package.json alone is not enough for it.</param>
internal sealed partial record NodePackage(bool HasDependencies, bool HasStartScript, bool HasBuildScript, bool InstallNeedsSource, string? Main)
{
    /// <summary><c>engines.node</c>, as it is written.</summary>
    public string? Engine { get; init; }

    /// <summary>From <c>packageManager</c>: <c>pnpm</c> and <c>9.1.0</c>; null: not said.</summary>
    public (string Name, string? Version)? Manager { get; init; }

    public static NodePackage Read(ISourceFiles files)
    {
        var nothing = new NodePackage(false, false, false, false, null);
        if (files.Read("package.json") is not { } text)
            return nothing;
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return nothing;
            return new NodePackage(
                HasMembers(root, "dependencies") || HasMembers(root, "devDependencies") || HasMembers(root, "optionalDependencies") || root.TryGetProperty("workspaces", out _),
                HasScript(root, "start"),
                HasScript(root, "build"),
                root.TryGetProperty("workspaces", out _) || HasLocalDependency(root)
                    || new[] { "preinstall", "install", "postinstall", "prepare" }.Any(script => HasScript(root, script)),
                root.TryGetProperty("main", out var main) && main.ValueKind == JsonValueKind.String ? PlainPath(main.GetString()!) : null)
            {
                Engine = root.TryGetProperty("engines", out var engines) && engines.ValueKind == JsonValueKind.Object && engines.TryGetProperty("node", out var node) ? node.ToString() : null,
                Manager = root.TryGetProperty("packageManager", out var manager) ? ReadManager(manager.ToString()) : null,
            };
        }
        catch (JsonException)
        {
            return nothing;
        }
    }

    /// <summary><c>pnpm@9.1.0+sha512.…</c>. It ends up in a command line, so nothing but names and versions is taken.</summary>
    private static (string, string?)? ReadManager(string text) =>
        ManagerName().Match(text) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

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

    [GeneratedRegex(@"^(npm|yarn|pnpm)@(\d[\w.-]*)(?:\+.*)?$")]
    private static partial Regex ManagerName();
}
