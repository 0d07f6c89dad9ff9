namespace Berth.Definitions.CfManifest;

/// <summary>Which stack a buildpack of Cloud Foundry stands for.</summary>
internal static class BuildpackNames
{
    private static readonly Dictionary<string, string> Stacks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["python"] = "python",
        ["nodejs"] = "node",
        ["node"] = "node",
        ["ruby"] = "ruby",
        ["php"] = "php",
        ["go"] = "go",
        ["java"] = "java",
        ["dotnet-core"] = "dotnet",
        ["staticfile"] = "static",
    };

    /// <param name="buildpack">A name (<c>nodejs_buildpack</c>) or the address of its repository (<c>https://github.com/cloudfoundry/nodejs-buildpack#v1.8</c>). Null: none is known.</param>
    public static string? StackOf(string buildpack)
    {
        var name = buildpack.Split('#')[0].TrimEnd('/');
        name = name[(name.LastIndexOf('/') + 1)..].Replace('_', '-');
        if (name.EndsWith(".git", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        const string Suffix = "-buildpack";
        return name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? Stacks.GetValueOrDefault(name[..^Suffix.Length]) : null;
    }
}
