namespace Berth.Builds.Stacks;

/// <summary>How base images are made.</summary>
public sealed record StackOptions
{
    /// <summary>The Debian release; default <c>bookworm</c>.</summary>
    public string Suite { get; init; } = "bookworm";

    /// <summary>Where packages come from; null: mmdebstrap's own choice for the release (deb.debian.org and its security archive).</summary>
    public string? Mirror { get; init; }

    /// <summary>The program; default <c>mmdebstrap</c> from the PATH.</summary>
    public string Mmdebstrap { get; init; } = "mmdebstrap";

    /// <summary>
    /// The machine's own certificate authorities (<c>*.crt</c>), which the images trust too: behind a proxy that re-encrypts, pip and npm would fail in every
    /// build. Default <c>/usr/local/share/ca-certificates</c>; null: none.
    /// </summary>
    public string? CertificateFolder { get; init; } = "/usr/local/share/ca-certificates";

    /// <summary>Longest time for one base image; default 15 minutes. Then mmdebstrap is killed and the build fails.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);
}
