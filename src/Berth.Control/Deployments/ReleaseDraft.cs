using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>What a new release is to be, before it has a number, an id and pools.</summary>
public sealed record ReleaseDraft
{
    public required IReadOnlyList<EnvVar> FileEnv { get; init; }

    public required IReadOnlyList<EnvVar> Config { get; init; }

    public IReadOnlyList<string> SensitiveEnv { get; init; } = [];

    /// <summary>Their <see cref="ReleaseService.PoolId"/> is not set yet.</summary>
    public required IReadOnlyList<ReleaseService> Services { get; init; }

    public string? ReleaseCommand { get; init; }

    public IReadOnlyList<CronDefinition> Crons { get; init; } = [];

    public string? Commit { get; init; }

    /// <summary>The same as a release in force, kept as it is.</summary>
    public static ReleaseDraft From(Release release) => new()
    {
        FileEnv = release.FileEnv,
        Config = release.Config,
        SensitiveEnv = release.SensitiveEnv,
        Services = release.Services,
        ReleaseCommand = release.ReleaseCommand,
        Crons = release.Crons,
        Commit = release.Commit,
    };
}

/// <summary>What came of preparing a release.</summary>
public abstract record PrepareResult
{
    private PrepareResult()
    {
    }

    public sealed record Ready(ReleaseDraft Draft) : PrepareResult
    {
        /// <summary>Routes that go with it; null: nothing is said about them.</summary>
        public RouteWishes? Routes { get; init; }
    }

    /// <summary>There is nothing to deploy; <paramref name="Why"/> says so to people.</summary>
    public sealed record Nothing(string Why) : PrepareResult;

    /// <summary>It cannot be deployed. The diagnostics say where.</summary>
    public sealed record Failed(string Error, IReadOnlyList<Diagnostic> Diagnostics) : PrepareResult
    {
        /// <summary>The end of what a failed build printed.</summary>
        public IReadOnlyList<string> LastLines { get; init; } = [];

        public static Failed From(IReadOnlyList<Diagnostic> diagnostics)
        {
            var errors = diagnostics.Count(d => d.Severity == Severity.Error);
            var first = diagnostics.First(d => d.Severity == Severity.Error);
            return new(errors == 1 ? first.Message : $"{errors} errors in the app's files", diagnostics);
        }
    }
}

/// <summary>One way to come to a release: from a source, from an image, by a change of config, back to an older one.</summary>
public interface IReleaseSource
{
    /// <summary>For listings: <c>deploy</c>, <c>set GREETING</c>, <c>rollback to v1</c>. Names only, never values.</summary>
    string Description { get; }

    /// <summary>Deploy even if nothing differs from the active release.</summary>
    bool Force { get; }

    Task<PrepareResult> PrepareAsync(PrepareContext context, CancellationToken ct);

    /// <summary>Removes what the source left on disk. Called once, whatever became of it.</summary>
    void Clean();
}

/// <param name="Deployment">Id of the deployment that it is prepared for.</param>
/// <param name="App">Name of the app.</param>
/// <param name="Active">The release in force at this moment; null before the first.</param>
/// <param name="Config">What a person has set, as of this moment.</param>
/// <param name="Log">Takes output and diagnostics.</param>
/// <param name="Store">Knows the phase it is in.</param>
public sealed record PrepareContext(string Deployment, string App, Release? Active, IReadOnlyList<EnvVar> Config, DeploymentLog Log, DeploymentStore Store)
{
    public void Phase(DeploymentPhase phase)
    {
        Store.SetPhase(Deployment, phase);
        Log.Phase(Deployment, phase);
    }

    public void Output(string text) => Log.Output(Deployment, text);

    /// <summary>From now on these values are blotted out of what is logged of the app.</summary>
    public void Conceal(IEnumerable<string> values) => Log.Conceal(App, values);
}
