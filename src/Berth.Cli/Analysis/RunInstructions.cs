using Berth.Builds.Dockerfiles;
using Berth.Cli.Settings;
using Berth.Model;

namespace Berth.Cli.Analysis;

/// <summary>What a folder's Dockerfile says of how its image is run.</summary>
internal static class RunInstructions
{
    public static ImageInfo? Of(string folder, string dockerfile) =>
        AppFiles.ReadFile(folder, dockerfile) is { } bytes ? DockerfileOutline.Read(System.Text.Encoding.UTF8.GetString(bytes)) : null;
}
