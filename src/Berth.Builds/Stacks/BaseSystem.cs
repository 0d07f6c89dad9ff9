using System.Security.Cryptography;
using Berth.Model;

namespace Berth.Builds.Stacks;

/// <summary>Makes the one stack that is made from nothing: a small Debian with the user <c>app</c>, who owns <c>/app</c>.</summary>
internal sealed class BaseSystem(IImageStore images, StackOptions options, StackWorkFolder workFolder)
{
    private const UnixFileMode Everyone = (UnixFileMode)0b111_101_101;

    /// <summary>Changes with what is not in the recipe.</summary>
    public static string Origin(string? mirror, IReadOnlyDictionary<string, byte[]> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in certificates.Values)
            hash.AppendData(content);
        return $"{mirror} {string.Join(' ', DebianBootstrap.NotInstalled)} {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>Null if all went well.</summary>
    public async Task<Diagnostic?> BuildAsync(
        StackRecipe recipe, string reference, IReadOnlyDictionary<string, byte[]> certificates, Action<string> output, CancellationToken ct)
    {
        // A root file system that broke off half way must never be found under the name it should get.
        var unfinished = $"stack/{recipe.Name}:unfinished";
        var folder = workFolder.Make();
        try
        {
            var workspace = Directory.CreateDirectory(Path.Combine(folder, "workspace"), Everyone).FullName;
            var overlay = Directory.CreateDirectory(Path.Combine(folder, "overlay"), Everyone).FullName;
            WriteCertificates(overlay, certificates);
            Task ImportAsync(Stream tar, CancellationToken token) => images.ImportImageAsync(unfinished, tar, recipe.Settings, token);
            if (await new DebianBootstrap(options, workFolder.LockFile).RunAsync(recipe, workspace, overlay, ImportAsync, output, ct) is { } failed)
                return failed;
            var image = await images.FindImageAsync(unfinished, ct)
                ?? throw new EngineException(EngineError.NotFound, $"the engine does not have {unfinished}, which was imported just now");
            await images.TagImageAsync(image.Id, reference, ct);
            return null;
        }
        finally
        {
            StackWorkFolder.Remove(folder);
            await RemoveUnfinishedAsync(unfinished);
        }
    }

    /// <summary>The name only: what has been tagged meanwhile stays.</summary>
    private async Task RemoveUnfinishedAsync(string unfinished)
    {
        try
        {
            await images.RemoveImageAsync(unfinished, CancellationToken.None);
        }
        catch (EngineException)
        {
            // The engine is away, which the build's own result says; the next build of this stack takes the name over.
        }
    }

    private static void WriteCertificates(string overlay, IReadOnlyDictionary<string, byte[]> certificates)
    {
        // The overlay's folders give their modes to those of the image, so a strict umask must not count.
        var folder = overlay;
        foreach (var segment in "usr/local/share/ca-certificates".Split('/'))
        {
            folder = Path.Combine(folder, segment);
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, Everyone);
        }
        foreach (var (name, content) in certificates)
            File.WriteAllBytes(Path.Combine(folder, name), content);
    }
}
