namespace Berth.Definitions.Tests;

/// <summary>Golden inputs that live beside the repository, not in it. A test that needs them is skipped where they are absent.</summary>
internal static class SharedCases
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

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Berth.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("no Berth.slnx above the tests");
    }
}
