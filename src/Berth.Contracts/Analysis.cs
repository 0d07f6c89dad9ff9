namespace Berth.Contracts;

/// <summary>A service as a release has it.</summary>
public sealed record ServiceDetails
{
    public required string Name { get; init; }

    /// <summary>As written; null: the image's own.</summary>
    public string? Command { get; init; }

    /// <summary>As people know it: <c>postgres:16</c>, <c>built from source</c>.</summary>
    public required string Image { get; init; }

    public int? Port { get; init; }

    /// <summary><c>fixed</c> or <c>auto</c>, as the files say.</summary>
    public required string Mode { get; init; }

    /// <summary>With <c>auto</c> the least.</summary>
    public required int Instances { get; init; }

    /// <summary>With <c>auto</c> only.</summary>
    public int? MaxInstances { get; init; }

    /// <summary><c>512M</c>, <c>1G</c>.</summary>
    public required string Memory { get; init; }

    /// <summary>Cores; null: no limit.</summary>
    public double? Cpu { get; init; }

    /// <summary>Do old and new sandboxes run side by side while it is replaced?</summary>
    public required bool Overlaps { get; init; }

    /// <summary>Variables of the service's own; their source is always <c>config</c>.</summary>
    public IReadOnlyList<EnvInfo> Env { get; init => field = value ?? []; } = [];

    /// <summary>Names of its disks.</summary>
    public IReadOnlyList<string> Disks { get; init => field = value ?? []; } = [];

    /// <summary>What runs beside its own process.</summary>
    public IReadOnlyList<SidecarDetails> Sidecars { get; init => field = value ?? []; } = [];

    /// <summary>Where it is defined: <c>Procfile:2</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Analysis only: what was filled in, in words.</summary>
    public IReadOnlyList<string> Defaults { get; init => field = value ?? []; } = [];

    /// <summary>Analysis only: the words that its process is started with; empty where only the image knows them.</summary>
    public IReadOnlyList<string> StartsWith { get; init => field = value ?? []; } = [];
}

/// <summary>A sidecar as a release has it.</summary>
public sealed record SidecarDetails
{
    public required string Name { get; init; }

    /// <summary>As written; null: the image's own.</summary>
    public string? Command { get; init; }

    public required string Image { get; init; }

    /// <summary><c>64M</c>; null: as much as its service may have.</summary>
    public string? Memory { get; init; }

    /// <summary>Cores; null: as many as its service may have.</summary>
    public double? Cpu { get; init; }

    /// <summary>Variables over those of its service.</summary>
    public IReadOnlyList<EnvInfo> Env { get; init => field = value ?? []; } = [];
}

/// <summary>A release with all that it is made of.</summary>
public sealed record ReleaseDetails
{
    public required ReleaseInfo Release { get; init; }

    public string? ReleaseCommand { get; init; }

    public required IReadOnlyList<EnvInfo> Env { get; init; }

    public required IReadOnlyList<ServiceDetails> Services { get; init; }
}

/// <summary>An image that the engine has, as far as it decides how services start.</summary>
public sealed record ImageDetails
{
    public required string Id { get; init; }

    public IReadOnlyList<string> Entrypoint { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Cmd { get; init => field = value ?? []; } = [];

    public IReadOnlyList<int> ExposedTcpPorts { get; init => field = value ?? []; } = [];
}

/// <summary>One difference between two releases, or between a release and what a deployment would make of a source.</summary>
/// <param name="Kind"><c>added</c>, <c>removed</c>, <c>changed</c>, or <c>interrupts</c>: carrying it out is noticed.</param>
/// <param name="What"><c>service worker</c>, <c>variable GREETING</c>, <c>route www.example.com</c>.</param>
/// <param name="Text">For people, whole.</param>
public sealed record ChangeInfo(string Kind, string What, string Text);

/// <summary>What <c>berth deploy --analyze</c> finds.</summary>
public sealed record AnalysisReport
{
    public required string App { get; init; }

    /// <summary>How its image would be made, and why so.</summary>
    public IReadOnlyList<string> Build { get; init => field = value ?? []; } = [];

    public IReadOnlyList<ServiceDetails> Services { get; init => field = value ?? []; } = [];

    public IReadOnlyList<CronInfo> Crons { get; init => field = value ?? []; } = [];

    /// <summary>The release that <see cref="Changes"/> is held against: <c>v3</c>; null: the app has none, or the server could not be asked.</summary>
    public string? Release { get; init; }

    public IReadOnlyList<ChangeInfo> Changes { get; init => field = value ?? []; } = [];

    public IReadOnlyList<DiagnosticInfo> Errors { get; init => field = value ?? []; } = [];

    public IReadOnlyList<DiagnosticInfo> Warnings { get; init => field = value ?? []; } = [];
}
