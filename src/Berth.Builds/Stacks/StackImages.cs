using System.Collections.Concurrent;
using Berth.Model;

namespace Berth.Builds.Stacks;

/// <summary>
/// The base images <c>stack/…</c>: made from Debian packages when first needed, then found again by a tag that is a hash of the recipe, so that a new Berth
/// with a changed recipe makes a new one. Safe for concurrent use; one build at a time per stack, others wait for its result.
/// </summary>
public sealed class StackImages(IImageStore images, StackOptions options, TimeProvider time)
{
    private const string Prefix = "stack/";
    private const UnixFileMode Everyone = (UnixFileMode)0b111_101_101;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _building = new();

    /// <summary>All stacks by reference: <c>stack/base</c>, <c>stack/python</c> …</summary>
    public static IReadOnlyList<string> References { get; } = [.. StackRecipe.All.Select(recipe => Prefix + recipe.Name)];

    /// <summary>Whether a reference asks for an image that Berth makes itself, known or not.</summary>
    public static bool IsStack(string reference) => reference.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Finds or makes a stack's image.</summary>
    /// <param name="reference"><c>stack/python</c>, with <c>:latest</c>, or with the tag of an image that is there.</param>
    public async Task<ImageResult> EnsureAsync(string reference, Action<string> output, CancellationToken ct)
    {
        var (name, tag) = Split(reference);
        if (StackRecipe.All.FirstOrDefault(recipe => recipe.Name == name) is not { } recipe)
            return new ImageResult { Error = BuildMessages.UnknownStackImage(reference) };
        var certificates = ReadCertificates();
        var hash = recipe.Hash(options.Suite, options.Mirror, certificates.Values);
        if (tag is not (null or "latest") && tag != hash)
        {
            var given = await images.FindImageAsync(reference, ct);
            return given is null ? new ImageResult { Error = BuildMessages.UnknownStackTag(reference, name) } : new ImageResult { Image = given };
        }
        return await FindOrBuildAsync(recipe, $"{Prefix}{name}:{hash}", certificates, output, ct);
    }

    private async Task<ImageResult> FindOrBuildAsync(
        StackRecipe recipe, string reference, IReadOnlyDictionary<string, byte[]> certificates, Action<string> output, CancellationToken ct)
    {
        if (await FindAsync(recipe, reference, ct) is { } found)
            return new ImageResult { Image = found };
        var gate = _building.GetOrAdd(recipe.Name, _ => new SemaphoreSlim(1));
        if (!gate.Wait(0, CancellationToken.None))
        {
            output(BuildMessages.WaitingForStack(recipe.Name));
            await gate.WaitAsync(ct);
        }
        try
        {
            return await FindAsync(recipe, reference, ct) is { } built
                ? new ImageResult { Image = built }
                : await BuildAsync(recipe, reference, certificates, output, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Moves <c>latest</c> to what this Berth would build, so that <c>FROM stack/python</c> means the same as a detected stack.</summary>
    private async Task<ImageInfo?> FindAsync(StackRecipe recipe, string reference, CancellationToken ct)
    {
        var image = await images.FindImageAsync(reference, ct);
        var latest = $"{Prefix}{recipe.Name}:latest";
        if (image is not null && !image.Tags.Contains(latest))
            await images.TagImageAsync(image.Id, latest, ct);
        return image;
    }

    private async Task<ImageResult> BuildAsync(
        StackRecipe recipe, string reference, IReadOnlyDictionary<string, byte[]> certificates, Action<string> output, CancellationToken ct)
    {
        output(BuildMessages.BuildingStack(recipe.Name, options.Suite));
        // A root file system that broke off half way must never be found under the name it should get.
        var unfinished = $"{Prefix}{recipe.Name}:unfinished";
        var folder = Directory.CreateTempSubdirectory("berth-stack-").FullName;
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            // apt's own user downloads to it.
            File.SetUnixFileMode(folder, Everyone);
            var workspace = Directory.CreateDirectory(Path.Combine(folder, "workspace"), Everyone).FullName;
            var overlay = Directory.CreateDirectory(Path.Combine(folder, "overlay"), Everyone).FullName;
            WriteOverlay(overlay, recipe, certificates);
            Task ImportAsync(Stream tar, CancellationToken token) => images.ImportImageAsync(unfinished, tar, recipe.Changes, token);
            if (await new DebianBootstrap(options).RunAsync(recipe, workspace, overlay, ImportAsync, output, stop.Token) is { } failed)
                return new ImageResult { Error = failed };
            var image = await images.FindImageAsync(unfinished, ct)
                ?? throw new EngineException(EngineError.NotFound, $"the engine does not have {unfinished}, which was imported just now");
            await images.TagImageAsync(image.Id, reference, ct);
            return new ImageResult { Image = await FindAsync(recipe, reference, ct) };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new ImageResult { Error = BuildMessages.StackTimedOut(recipe.Name, options.Timeout) };
        }
        catch (EngineException error)
        {
            return new ImageResult { Error = BuildMessages.StackRefused(recipe.Name, error) };
        }
        finally
        {
            Remove(folder);
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

    /// <summary>A killed mmdebstrap takes its mounts with it; if one is left all the same, nothing below it is ours to delete.</summary>
    private static void Remove(string folder)
    {
        if (!File.ReadLines("/proc/self/mountinfo").Any(mount => mount.Contains(folder, StringComparison.Ordinal)))
            Directory.Delete(folder, recursive: true);
    }

    private static void WriteOverlay(string overlay, StackRecipe recipe, IReadOnlyDictionary<string, byte[]> certificates)
    {
        var programs = MakeFolder("usr/local/bin");
        foreach (var name in recipe.Programs)
        {
            var path = Path.Combine(programs, name);
            File.WriteAllBytes(path, StackRecipe.ProgramContent(name));
            File.SetUnixFileMode(path, Everyone);
        }
        var authorities = MakeFolder("usr/local/share/ca-certificates");
        foreach (var (name, content) in certificates)
            File.WriteAllBytes(Path.Combine(authorities, name), content);

        // The overlay's folders give their modes to those of the image, so a strict umask must not count.
        string MakeFolder(string path)
        {
            var folder = overlay;
            foreach (var segment in path.Split('/'))
            {
                folder = Path.Combine(folder, segment);
                Directory.CreateDirectory(folder);
                File.SetUnixFileMode(folder, Everyone);
            }
            return folder;
        }
    }

    private SortedDictionary<string, byte[]> ReadCertificates()
    {
        var certificates = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        if (options.CertificateFolder is { } folder && Directory.Exists(folder))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*.crt"))
                certificates.Add(Path.GetFileName(path), File.ReadAllBytes(path));
        }
        return certificates;
    }

    private static (string Name, string? Tag) Split(string reference)
    {
        var name = reference[Prefix.Length..];
        int colon = name.IndexOf(':');
        return colon < 0 ? (name, null) : (name[..colon], name[(colon + 1)..]);
    }
}
