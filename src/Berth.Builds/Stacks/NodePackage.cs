using System.Text.Json;

namespace Berth.Builds.Stacks;

/// <summary>The few things asked of a package.json. One that is no JSON says nothing here; npm will say it in the build.</summary>
/// <param name="InstallNeedsSource">The install runs the app's own scripts or takes packages out of its folders, so package.json alone is not enough for it.</param>
internal sealed record NodePackage(bool HasDependencies, bool HasStartScript, bool HasBuildScript, bool InstallNeedsSource, string? Main)
{
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
