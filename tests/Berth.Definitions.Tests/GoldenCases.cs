namespace Berth.Definitions.Tests;

/// <summary>Golden inputs. Those that live beside the repository, not in it, may be absent: a test that needs them is skipped then.</summary>
internal static class GoldenCases
{
    public const string Absent = "(absent)";

    private static readonly string Root = FindRoot();

    /// <summary>Path of a folder or file under the shared cases' parent; null where it is absent.</summary>
    public static string? Find(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Root, "..", "shared", path));
        return Path.Exists(full) ? full : null;
    }

    /// <summary>The full path, or a skip with the reason.</summary>
    public static string Require(string path)
    {
        var found = Find(path);
        Assert.SkipWhen(found is null, $"../shared/{path} is absent");
        return found!;
    }

    /// <summary>Path of a golden input of this project's own.</summary>
    public static string Own(string path) => InRepository($"tests/Berth.Definitions.Tests/Cases/{path}");

    public static string InRepository(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Berth.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("no Berth.slnx above the tests");
    }
}
