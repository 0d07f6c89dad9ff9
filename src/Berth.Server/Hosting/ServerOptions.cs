using System.Net;
using Berth.Builds;

namespace Berth.Server.Hosting;

/// <summary>What <c>berthd</c> is told on its command line.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder that holds everything Berth keeps. Default <c>/var/lib/berth</c>.</summary>
    public string StateFolder { get; init; } = "/var/lib/berth";

    /// <summary>Where the router listens. Default 127.0.0.1:8080: nothing is open to the outside unless asked for.</summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>Where the router takes TLS; null: nowhere.</summary>
    public IPEndPoint? Https { get; init; }

    /// <summary>The directory of the authority that gives certificates by ACME; null: Let's Encrypt's.</summary>
    public Uri? AcmeDirectory { get; init; }

    /// <summary>What the router is told besides, flags and values as <c>berth-router</c> takes them.</summary>
    public IReadOnlyList<string> Router { get; init; } = [];

    /// <summary>Where API and dashboard listen. Default 127.0.0.1:7070.</summary>
    public IPEndPoint Api { get; init; } = new(IPAddress.Loopback, 7070);

    /// <summary>Apps answer at <c>APP.DOMAIN</c>. Default <c>localhost</c>.</summary>
    public string Domain { get; init; } = "localhost";

    /// <summary>Docker's socket; null: the usual ones are tried, else one is started.</summary>
    public string? DockerSocket { get; init; }

    /// <summary>Whether the kernel takes back what it can of the memory of sandboxes in standby. Default false.</summary>
    public bool ReclaimStandby { get; init; }

    /// <summary>A push to one of these branches deploys. Default <c>main</c> and <c>master</c>.</summary>
    public IReadOnlyList<string> GitBranches { get; init; } = ["main", "master"];

    /// <summary>What one build may use. The command line sets its memory and time.</summary>
    public BuildOptions Builds { get; init; } = new();
}
