namespace Berth.Model;

/// <summary>
/// Where sandboxes run. Every step is idempotent: doing it again after a kill is harmless, and removing what is gone
/// succeeds. Failures of the engine are <see cref="EngineException"/>s with a code.
/// </summary>
public interface IEngine
{
    /// <summary>All sandboxes of this Berth, of all apps or of one, in any state.</summary>
    Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(string? app, CancellationToken ct);

    /// <summary>Makes the network if it is not there. A subnet that is taken is <see cref="EngineError.SubnetTaken"/>.</summary>
    Task EnsureNetworkAsync(AppNetwork network, CancellationToken ct);

    /// <summary>Removes an app's network; nothing happens if there is none.</summary>
    Task RemoveNetworkAsync(string app, CancellationToken ct);

    /// <summary>Names of the apps that have a network of this Berth in the engine.</summary>
    Task<IReadOnlyList<string>> ListNetworksAsync(CancellationToken ct);

    /// <summary>Creates and starts a sandbox with its sidecars; one that is there already is only started. A process that ends at once is no error here: it is seen as exited.</summary>
    Task StartSandboxAsync(SandboxSpec spec, CancellationToken ct);

    /// <summary>Sends the stop signal, waits up to the sandbox's own stop timeout, kills. Thaws first. Then the same for all its sidecars at once.</summary>
    Task StopSandboxAsync(string id, CancellationToken ct);

    /// <summary>Sends a signal to the sandbox's own process, not to sidecars; nothing happens if it does not run, or is frozen.</summary>
    Task SignalSandboxAsync(string id, string signal, CancellationToken ct);

    /// <summary>Removes the sandbox, killing it if it runs.</summary>
    Task RemoveSandboxAsync(string id, CancellationToken ct);

    Task FreezeSandboxAsync(string id, CancellationToken ct);

    Task ThawSandboxAsync(string id, CancellationToken ct);

    /// <summary>What the sandbox, or the sidecar of that id, printed, from <paramref name="since"/> on, following until it ends or <paramref name="ct"/> is cancelled. Also of exited ones.</summary>
    IAsyncEnumerable<LogChunk> ReadLogsAsync(string id, DateTimeOffset? since, bool follow, CancellationToken ct);

    /// <summary>Runs a command in a running sandbox, beside its own process.</summary>
    Task<IExecSession> ExecAsync(string id, ExecSpec spec, CancellationToken ct);

    /// <summary>Creates a sandbox, connects to the input and output of its own command, and starts it. The caller removes it.</summary>
    Task<IExecSession> RunSandboxAsync(SandboxSpec spec, bool tty, CancellationToken ct);

    /// <summary>
    /// Ids of apps something happened to (a sandbox started, ended, was removed). Ends with an exception when the engine goes
    /// away; what happened meanwhile is not repeated, so the reader lists again.
    /// </summary>
    IAsyncEnumerable<EngineEvent> WatchAsync(CancellationToken ct);

    Task<EngineInfo> InfoAsync(CancellationToken ct);

    /// <summary>The engine's own state, and what all of its containers, not only Berth's, have opened to the outside.</summary>
    Task<EngineState> StateAsync(CancellationToken ct);
}

/// <param name="App">The app it concerns.</param>
/// <param name="Sandbox">The sandbox it concerns.</param>
/// <param name="Action">The engine's word: <c>start</c>, <c>die</c>, <c>oom</c>, <c>destroy</c> …</param>
public sealed record EngineEvent(string App, string Sandbox, string Action);

/// <param name="Kind"><c>docker</c>, <c>swarm</c> or <c>process</c>.</param>
/// <param name="Version">The engine's own version.</param>
/// <param name="Architecture"><c>amd64</c>, <c>arm64</c> …</param>
public sealed record EngineInfo(string Kind, string Version, string Architecture);

/// <param name="Clock">What time it is there.</param>
/// <param name="CgroupVersion"><c>1</c> or <c>2</c>; null where it does not say.</param>
/// <param name="Unguarded">Where the engine itself takes commands from whoever comes.</param>
public sealed record EngineState(DateTimeOffset Clock, string? CgroupVersion, IReadOnlyList<PublishedPort> Published, IReadOnlyList<UnguardedAddress> Unguarded);

/// <summary>A TCP address of the engine that asks nobody for a certificate.</summary>
/// <param name="Address"><c>0.0.0.0:2375</c></param>
/// <param name="IsEncrypted">By TLS, which hides what is said and keeps nobody out.</param>
public sealed record UnguardedAddress(string Address, bool IsEncrypted);

/// <summary>A port of the engine's machine that leads into a container.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Address">Of the machine; <c>0.0.0.0</c> or <c>::</c>: all of them.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public sealed record PublishedPort(string Container, string Address, int Port, string Protocol);

public enum LogStream
{
    Stdout,
    Stderr,
}

/// <summary>One write of a sandbox, at most 16 KiB; a line may be spread over several. Text is bytes: it may be no UTF-8.</summary>
/// <param name="Time">When the engine got it.</param>
public sealed record LogChunk(LogStream Stream, DateTimeOffset Time, ReadOnlyMemory<byte> Bytes);

public sealed record ExecSpec
{
    public required IReadOnlyList<string> Command { get; init; }

    public bool Tty { get; init; }

    public bool AttachStdin { get; init; }

    public IReadOnlyList<EnvVar> Env { get; init; } = [];
}

/// <summary>A command that runs in a sandbox, or as one. Disposing ends the connection; a command in a sandbox is hung up with it, as by a terminal.</summary>
public interface IExecSession : IAsyncDisposable
{
    Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>No more input: the command sees the end of its stdin.</summary>
    Task CloseInputAsync(CancellationToken ct);

    /// <summary>What it prints until it ends. With a TTY everything is <see cref="LogStream.Stdout"/>.</summary>
    IAsyncEnumerable<LogChunk> ReadAsync(CancellationToken ct);

    Task ResizeAsync(int columns, int rows, CancellationToken ct);

    /// <summary>Null while it runs.</summary>
    Task<int?> ExitCodeAsync(CancellationToken ct);
}

public enum EngineError
{
    /// <summary>No connection to the engine.</summary>
    Unreachable,
    NotFound,

    /// <summary>The name is taken or the state does not allow it.</summary>
    Conflict,
    SubnetTaken,
    ImageMissing,

    /// <summary>A registry did not answer or refused.</summary>
    RegistryFailed,

    /// <summary>The image is for another architecture than the machine.</summary>
    WrongArchitecture,

    /// <summary>The container could not be started: no such program, bad permissions.</summary>
    StartFailed,
    BuildFailed,

    /// <summary>A step of a build was killed because it used more memory than it may.</summary>
    OutOfMemory,
    DiskFull,

    /// <summary>Anything else that the engine refused.</summary>
    Refused,
}

/// <summary>The engine did not do what it was asked. <see cref="Exception.Message"/> names the thing, the engine's reason and what to do.</summary>
public sealed class EngineException(EngineError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public EngineError Error { get; } = error;
}
