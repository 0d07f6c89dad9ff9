using System.Collections.Concurrent;
using Berth.Model;

namespace Berth.Builds.Stacks;

/// <summary>
/// The base images <c>stack/…</c>: made from Debian packages when first needed, then found again by a tag that is a hash of the recipe, so that a new Berth
/// with a changed recipe makes a new one. <c>stack/base</c> is made by mmdebstrap, all others upon it by the engine's builder, so that they share its layer.
/// Safe for concurrent use; one build at a time per stack, others wait for its result.
/// </summary>
public sealed class StackImages(IImageStore images, StackOptions options, BuildOptions limits, TimeProvider time)
{
    private const string Prefix = "stack/";

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _building = new();
    private readonly StackWorkFolder _workFolder = new(options, time);

    /// <summary>All stacks by reference: <c>stack/base</c>, <c>stack/python</c> …</summary>
    public static IReadOnlyList<string> References { get; } = [.. StackRecipes.All.Select(recipe => Prefix + recipe.Name)];

    /// <summary>Whether a reference asks for an image that Berth makes itself, known or not.</summary>
    public static bool IsStack(string reference) => reference.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Removes what a killed server left of an image it was making. For the start of the program.</summary>
    public Task RemoveLeftoversAsync(CancellationToken ct) => _workFolder.ClearAsync(ct);

    /// <summary>
    /// Removes the images of recipes that are no longer followed. One that a container uses stays, and so do the layers of one that another image is made upon:
    /// they go with the last of those.
    /// </summary>
    /// <param name="used">Ids of images that are to stay.</param>
    public async Task PruneAsync(IReadOnlySet<string> used, CancellationToken ct)
    {
        var certificates = ReadCertificates();
        var followed = StackRecipes.All.Select(recipe => Reference(recipe, certificates)).ToHashSet();
        foreach (var image in await images.ListImagesByNameAsync(Prefix + "*", ct))
        {
            if (used.Contains(image.Id) || !image.Tags.Any(IsMade) || image.Tags.Any(followed.Contains))
                continue;
            foreach (var tag in image.Tags.Where(IsStack))
                await images.RemoveImageAsync(tag, ct);
        }
    }

    /// <summary>Finds or makes a stack's image.</summary>
    /// <param name="reference"><c>stack/python</c>, with <c>:latest</c>, or with the tag of an image that is there.</param>
    public async Task<ImageResult> EnsureAsync(string reference, Action<string> output, CancellationToken ct)
    {
        var (name, tag) = Split(reference);
        if (StackRecipes.Find(name) is not { } recipe)
            return new ImageResult { Error = BuildMessages.UnknownStackImage(reference) };
        var certificates = ReadCertificates();
        var wanted = Reference(recipe, certificates);
        if (tag is not (null or "latest") && reference != wanted)
        {
            var given = await images.FindImageAsync(reference, ct);
            return given is null ? new ImageResult { Error = BuildMessages.UnknownStackTag(reference, name) } : new ImageResult { Image = given };
        }
        return await FindOrBuildAsync(recipe, wanted, certificates, output, ct);
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
            if (await FindAsync(recipe, reference, ct) is { } built)
                return new ImageResult { Image = built };
            // A stack never waits for one that waits for it: parents come first in the table.
            var parent = recipe.Parent is null ? null : StackRecipes.Find(recipe.Parent)!;
            if (parent is not null && (await FindOrBuildAsync(parent, Reference(parent, certificates), certificates, output, ct)) is { Error: not null } failed)
                return failed;
            return await BuildAsync(recipe, reference, parent is null ? null : Reference(parent, certificates), certificates, output, ct);
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
        StackRecipe recipe, string reference, string? parent, IReadOnlyDictionary<string, byte[]> certificates, Action<string> output, CancellationToken ct)
    {
        output(BuildMessages.BuildingStack(recipe.Name, StackRecipe.Suite));
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var failed = parent is null
                ? await new BaseSystem(images, options, _workFolder).BuildAsync(recipe, reference, certificates, output, stop.Token)
                : await new StackLayer(images, options, limits).BuildAsync(recipe, reference, parent, output, stop.Token);
            return failed is null ? new ImageResult { Image = await FindAsync(recipe, reference, ct) } : new ImageResult { Error = failed };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new ImageResult { Error = BuildMessages.StackTimedOut(recipe.Name, options.Timeout) };
        }
        catch (EngineException error)
        {
            return new ImageResult { Error = BuildMessages.StackRefused(recipe.Name, error, limits.MemoryBytes) };
        }
    }

    private string Reference(StackRecipe recipe, IReadOnlyDictionary<string, byte[]> certificates) => $"{Prefix}{recipe.Name}:{Hash(recipe, certificates)}";

    /// <summary>A stack changes with what it is made upon.</summary>
    private string Hash(StackRecipe recipe, IReadOnlyDictionary<string, byte[]> certificates)
    {
        var below = recipe.Parent is { } parent ? Hash(StackRecipes.Find(parent)!, certificates) : BaseSystem.Origin(options.Mirror, certificates);
        return recipe.Hash(recipe.DotnetFolders.Count == 0 ? below : $"{below} {DotnetInstallation.Versions(options.DotnetFolder)}");
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

    /// <summary>By a recipe, not by a person who gave an image such a name.</summary>
    private static bool IsMade(string reference) => IsStack(reference) && Split(reference).Tag is { Length: 12 } tag && tag.All(char.IsAsciiHexDigitLower);

    private static (string Name, string? Tag) Split(string reference)
    {
        var name = reference[Prefix.Length..];
        int colon = name.IndexOf(':');
        return colon < 0 ? (name, null) : (name[..colon], name[(colon + 1)..]);
    }
}
