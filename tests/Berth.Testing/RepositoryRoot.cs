namespace Berth.Testing;

public static class RepositoryRoot
{
    /// <summary>The folder that holds <c>Berth.slnx</c>, above the running tests.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Berth.slnx")))
                return folder.FullName;
        throw new InvalidOperationException($"no Berth.slnx above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}
