using Berth.Model;

namespace Berth.Cli.Sources;

/// <summary>What may be sent as an app's source. Checked before the first byte goes out.</summary>
public sealed record SourceLimits
{
    /// <summary>Sum of the files' sizes; default 512 MiB. More is refused with the largest folders named.</summary>
    public long MaxBytes { get; init; } = 512 * ByteSize.MiB;

    /// <summary>Files, folders and links together; default 100,000, which is also what the server takes.</summary>
    public int MaxEntries { get; init; } = 100_000;
}
