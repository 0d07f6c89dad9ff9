using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>What a Cloud Foundry manifest says.</summary>
/// <param name="Name">How the file is called in messages.</param>
/// <param name="Applications">In the order of the file; with errors among the diagnostics, what could be read of them.</param>
public sealed record ManifestFile(string Name, IReadOnlyList<ManifestApplication> Applications, IReadOnlyList<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}

/// <summary>An entry of <c>applications</c>. Null is what it does not say.</summary>
public sealed record ManifestApplication
{
    public string? Name { get; init; }

    public required string File { get; init; }

    /// <summary>Where it begins, from 1.</summary>
    public required int Line { get; init; }

    /// <summary><c>manifest.yml:3</c></summary>
    public string Source => $"{File}:{Line}";

    /// <summary>Of its source, relative to the manifest and as written: it may lead anywhere. Null: where the manifest is.</summary>
    public string? Path { get; init; }

    /// <summary>An image to run instead of a build (<c>docker: image:</c>).</summary>
    public string? Image { get; init; }

    /// <summary>The stack that its buildpack asks for; null: detected.</summary>
    public string? Stack { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];

    /// <summary>With <c>web</c> if the application itself has keys of a process.</summary>
    public IReadOnlyList<ManifestProcess> Processes { get; init; } = [];

    public IReadOnlyList<ManifestSidecar> Sidecars { get; init; } = [];

    public RouteWishes Routes { get; init; } = new();
}

/// <summary>An entry of <c>sidecars</c>: a process that runs beside those of the named types.</summary>
/// <param name="Line">Where it begins, from 1.</param>
public sealed record ManifestSidecar(string Name, string Command, IReadOnlyList<string> ProcessTypes, long? MemoryBytes, int Line);

/// <summary>A process type: an entry of <c>processes</c>, or the web process that an application's own keys describe.</summary>
public sealed record ManifestProcess
{
    public required string Type { get; init; }

    public required string File { get; init; }

    /// <summary>Where it begins, from 1.</summary>
    public required int Line { get; init; }

    /// <summary><c>manifest.yml:7</c></summary>
    public string Source => $"{File}:{Line}";

    /// <summary>Null: the Procfile's, else the stack's, else the image's.</summary>
    public string? Command { get; init; }

    public int? Instances { get; init; }

    public long? MemoryBytes { get; init; }

    public HealthCheck? Health { get; init; }
}
