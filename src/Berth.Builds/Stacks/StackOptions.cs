using System.Runtime.InteropServices;

namespace Berth.Builds.Stacks;

/// <summary>How base images are made.</summary>
public sealed record StackOptions
{
    /// <summary>Folder for what is made meanwhile; it belongs to one <see cref="StackImages"/> alone, and what is found in it at the start is removed.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>Where packages come from; null: deb.debian.org and Debian's security archive.</summary>
    public string? Mirror { get; init; }

    /// <summary>The program; default <c>mmdebstrap</c> from the PATH.</summary>
    public string Mmdebstrap { get; init; } = "mmdebstrap";

    /// <summary>
    /// The machine's own certificate authorities (<c>*.crt</c>), which the images trust too: behind a proxy that re-encrypts, pip and npm would fail in every
    /// build. Default <c>/usr/local/share/ca-certificates</c>; null: none.
    /// </summary>
    public string? CertificateFolder { get; init; } = "/usr/local/share/ca-certificates";

    /// <summary>
    /// The machine's .NET installation, with an SDK, which <c>stack/dotnet</c> is made of: Debian has none. Default the one that this program runs on.
    /// </summary>
    public string DotnetFolder { get; init; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Longest time for one base image; default 15 minutes. Then the build is ended and fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Longest wait at the start for an mmdebstrap that a killed server left behind; default 10 seconds. It ends by itself in a moment.</summary>
    public TimeSpan LeftoverTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
