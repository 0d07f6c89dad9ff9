namespace Berth.Engines.Docker;

/// <summary>Where to look for an engine, and how to start one.</summary>
public sealed record DockerHostOptions
{
    /// <summary>Berth's state folder. An engine of its own lives in <c>docker</c> below it.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Path or <c>unix://</c> address of the socket to use, and no other; null: look for one.</summary>
    public string? Socket { get; init; }

    /// <summary>The machine's usual engine. Default <c>/var/run/docker.sock</c>.</summary>
    public string SystemSocket { get; init; } = "/var/run/docker.sock";

    /// <summary>Value of <c>DOCKER_HOST</c>; null or empty: not set. Counts where <see cref="Socket"/> is null.</summary>
    public string? DockerHost { get; init; }

    /// <summary>
    /// Where the engine's run-time files go, in a folder named after the state folder. Not below the state folder: they are sockets, whose paths
    /// must stay under 108 bytes. Default <c>/run</c>.
    /// </summary>
    public string RuntimeDirectory { get; init; } = "/run";

    /// <summary>Folders in which <c>dockerd</c> and <c>iptables</c> are looked for. Default: <c>PATH</c>, and the folders for root's programs.</summary>
    public IReadOnlyList<string> ProgramFolders { get; init; } =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Given to <c>dockerd</c> besides Berth's own, for example <c>--registry-mirror</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>How long a socket may take to answer that it is alive. Default 5 s.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a started engine may take until it answers; longer is an error with the end of its log. Default 60 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an engine may take to end; longer is an error. Default 60 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>At each start a log larger than this is put aside as <c>dockerd.log.1</c>, replacing the one before. Default 10 MiB.</summary>
    public long MaxLogBytes { get; init; } = 10 * Model.ByteSize.MiB;
}
