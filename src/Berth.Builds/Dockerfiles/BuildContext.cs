using System.IO.Pipelines;
using Berth.Definitions.Sources;

namespace Berth.Builds.Dockerfiles;

/// <summary>
/// A source as the tar stream that the engine builds from, packed while it is read: nothing of it is held in memory or written to the disk a second time.
/// Modes and owners are always the same, so the engine's cache (which looks at content, mode and owner, not at time) hits whenever the content is the same.
/// </summary>
internal sealed class BuildContext
{
    /// <summary>Folder of the context that the source goes to; null: its root.</summary>
    public string? Folder { get; init; }

    /// <summary>Paths of the source that <c>.dockerignore</c> must not leave out.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Folders at the source's root that are left out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Files that are not in the source.</summary>
    public IReadOnlyDictionary<string, byte[]> Extra { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Calls <paramref name="build"/> with the stream. What fails in the packing fails the build's reading, and comes out of here as it was.</summary>
    /// <param name="sourceDirectory">Null: <see cref="Extra"/> is all there is.</param>
    public async Task<T> SendAsync<T>(string? sourceDirectory, Func<Stream, Task<T>> build, CancellationToken ct)
    {
        var pipe = new Pipe();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var packing = PackAsync(sourceDirectory, pipe.Writer, stop.Token);
        try
        {
            await using var context = pipe.Reader.AsStream();
            return await build(context);
        }
        finally
        {
            // A build that ended early leaves the packing waiting for room in the pipe.
            await stop.CancelAsync();
            await packing;
        }
    }

    /// <summary>Never throws: the reader of the pipe gets what went wrong.</summary>
    private async Task PackAsync(string? sourceDirectory, PipeWriter writer, CancellationToken ct)
    {
        try
        {
            await using (var destination = writer.AsStream(leaveOpen: true))
            await using (var tar = new SourceTarWriter(destination))
            {
                foreach (var (name, content) in Extra)
                    await tar.WriteAsync(name, content, ct);
                foreach (var entry in sourceDirectory is null ? [] : SourceTree.Walk(sourceDirectory, new SourceSelection { Include = [.. Include.Select(path => "/" + path)] }))
                {
                    if (!Exclude.Any(folder => entry.Path == folder || entry.Path.StartsWith(folder + "/", StringComparison.Ordinal)))
                        await tar.WriteAsync(entry, Folder is null ? entry.Path : $"{Folder}/{entry.Path}", ct);
                }
            }
            await writer.CompleteAsync();
        }
        catch (Exception error)
        {
            await writer.CompleteAsync(error);
        }
    }
}
