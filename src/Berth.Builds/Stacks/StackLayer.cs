using System.Text;
using Berth.Builds.Dockerfiles;
using Berth.Model;

namespace Berth.Builds.Stacks;

/// <summary>Makes a stack upon another one, in the engine's builder: within the limits of any build, and ended by the engine when the server ends.</summary>
internal sealed class StackLayer(IImageStore images, StackOptions options, BuildOptions limits)
{
    /// <summary>Null if all went well.</summary>
    public async Task<Diagnostic?> BuildAsync(StackRecipe recipe, string reference, string parent, Action<string> output, CancellationToken ct)
    {
        if (recipe.DotnetFolders.Count > 0 && !DotnetInstallation.HasSdk(options.DotnetFolder))
            return BuildMessages.DotnetMissing(recipe.Name, options.DotnetFolder);
        var dockerfile = recipe.Dockerfile(parent, options.Mirror ?? "http://deb.debian.org/debian");
        var context = new BuildContext
        {
            Folder = StackDockerfile.SourceFolder,
            Exclude = recipe.DotnetFolders.Count == 0 ? [] : DotnetInstallation.Others(options.DotnetFolder, recipe.DotnetFolders),
            Extra = StackPrograms.InContext(recipe.Programs).Append(KeyValuePair.Create(StackDockerfile.Name, Encoding.UTF8.GetBytes(dockerfile))).ToDictionary(),
        };
        var build = new ImageBuild
        {
            Tag = reference,
            Dockerfile = StackDockerfile.Name,
            MemoryBytes = limits.MemoryBytes,
            Cpu = limits.Cpu,
            CpuShares = limits.CpuShares,
        };
        await context.SendAsync(recipe.DotnetFolders.Count == 0 ? null : options.DotnetFolder, tar => images.BuildImageAsync(build, tar, output, ct), ct);
        return null;
    }
}
