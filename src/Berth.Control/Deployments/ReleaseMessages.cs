using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>What is wrong with a source beyond what its files say and beyond its build.</summary>
internal static class ReleaseMessages
{
    public static Diagnostic NoSuchPath(string path) => new()
    {
        Code = "path-missing",
        Message = $"the application's path \"{path}\" is no folder of the source",
        Hint = "write the path of a folder, relative to the manifest",
    };
}
