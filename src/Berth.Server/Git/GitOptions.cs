namespace Berth.Server.Git;

/// <summary>What pushes may do and cost.</summary>
public sealed record GitOptions
{
    /// <summary>The program that git's hook starts, which is <c>berthd</c> itself. Default: the one beside this code.</summary>
    public string HookProgram { get; init; } = Path.Combine(AppContext.BaseDirectory, "berthd");

    /// <summary>A push to one of these deploys. Default <c>main</c> and <c>master</c>.</summary>
    public IReadOnlyList<string> Branches { get; init; } = ["main", "master"];

    /// <summary>Bytes that one push may send; git refuses more and says so. Default 2 GiB.</summary>
    public long MaxPushBytes { get; init; } = 2L << 30;

    /// <summary>A repository that has more is emptied before the next push, which then sends all again. Default 4 GiB.</summary>
    public long MaxRepositoryBytes { get; init; } = 4L << 30;

    /// <summary>Requests of git that are served at one time; one more is answered with 503. A push is one for as long as its deployment takes. Default 32.</summary>
    public int RequestsAtOnce { get; init; } = 32;

    /// <summary>Submodules, with those inside them, that one push may have; more is refused. Default 50.</summary>
    public int MaxSubmodules { get; init; } = 50;

    /// <summary>How long one submodule may take to be fetched. Default 5 minutes.</summary>
    public TimeSpan SubmoduleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long git may tidy up after a push. Default 10 minutes.</summary>
    public TimeSpan TidyTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
