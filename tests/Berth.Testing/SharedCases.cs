using Xunit;

namespace Berth.Testing;

/// <summary>Inputs that are shared between projects and lie beside the repository, in <c>../shared/cases</c>. They are read where they are.</summary>
public static class SharedCases
{
    /// <summary>A folder of cases, for example <c>toml</c>. Skips the test where it is absent.</summary>
    public static string Path(string name)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot.Find(), "..", "shared", "cases", name));
        Assert.SkipUnless(Directory.Exists(path), $"the shared cases \"{name}\" are not on this machine");
        return path;
    }
}
