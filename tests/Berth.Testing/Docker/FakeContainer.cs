using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

/// <summary>
/// A container of <see cref="FakeDocker"/>. Its program is what the test says: by <see cref="FakeShell"/> for simple commands, by Print
/// and Exit for anything else.
/// </summary>
public sealed class FakeContainer
{
    private readonly Lock _lock = new();
    private readonly FakeDocker _engine;
    private readonly List<FakeLogEntry> _log = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FakeListener? _listener;
    private int _followers;

    internal FakeContainer(FakeDocker engine, string id, string name, FakeImage image, JsonObject request)
    {
        _engine = engine;
        Id = id;
        Name = name;
        Image = image;
        Request = request;
        CreatedAt = engine.Time.GetUtcNow();
    }

    public string Id { get; }

    public string Name { get; }

    public FakeImage Image { get; }

    /// <summary>The body of the request that created it.</summary>
    public JsonObject Request { get; }

    /// <summary>What its port answers; null: its name.</summary>
    public string? Page { get; set; }

    public IPAddress? Address { get; internal set; }

    /// <summary><c>created</c>, <c>running</c>, <c>paused</c> or <c>exited</c>.</summary>
    public string State { get; private set; } = "created";

    public int ExitCode { get; private set; }

    public bool OutOfMemory { get; private set; }

    public string Error { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public IReadOnlyDictionary<string, string> Labels =>
        Request["Labels"]?.AsObject().ToDictionary(l => l.Key, l => (string)l.Value!) ?? [];

    /// <summary>Those that it was sent, but for the ones that end it.</summary>
    public List<string> Signals { get; } = [];

    public string Network => (string?)Request["HostConfig"]?["NetworkMode"] ?? "bridge";

    /// <summary>The container whose network it has joined; null: it has one of its own.</summary>
    public string? Joined => Network.StartsWith("container:", StringComparison.Ordinal) ? Network["container:".Length..] : null;

    public IReadOnlyList<string> Env => [.. Image.Env, .. Strings(Request["Env"])];

    /// <summary>What it runs: the image's ENTRYPOINT, and its own CMD or the image's.</summary>
    public IReadOnlyList<string> CommandLine => [.. Image.Entrypoint, .. Request["Cmd"] is { } cmd ? Strings(cmd) : Image.Cmd];

    public bool IsAlive => State is "running" or "paused";

    /// <summary>Streams of its log that a client has open.</summary>
    public int Followers => Volatile.Read(ref _followers);

    public void Print(string text, bool stderr = false) => Print(Encoding.UTF8.GetBytes(text), stderr);

    /// <summary>One entry of the log, as it is.</summary>
    public void Print(byte[] bytes, bool stderr = false)
    {
        lock (_lock)
            _log.Add(new FakeLogEntry(stderr, _engine.Time.GetUtcNow(), bytes));
        Changed();
    }

    /// <summary>Its program ends by itself.</summary>
    public void Exit(int code, bool outOfMemory = false)
    {
        lock (_lock)
        {
            if (!IsAlive)
                return;
            State = "exited";
            ExitCode = code;
            OutOfMemory = outOfMemory;
            FinishedAt = _engine.Time.GetUtcNow();
        }
        _listener?.Dispose();
        if (outOfMemory)
            _engine.Announce("oom", this);
        _engine.Announce("die", this);
        Changed();
    }

    /// <summary>Counts a reader of the log until it is disposed of.</summary>
    internal IDisposable Follow()
    {
        Interlocked.Increment(ref _followers);
        return new Reader(this);
    }

    internal void Start()
    {
        lock (_lock)
        {
            State = "running";
            StartedAt = _engine.Time.GetUtcNow();
            ExitCode = 0;
            Error = "";
        }
        if (_engine is { ServePorts: true, ListensNowhere: false } && Joined is null && Port is { } port)
            _listener = new FakeListener(this, new IPEndPoint(Address!, port));
        _engine.Announce("start", this);
        FakeShell.Run(this);
        Changed();
    }

    internal void FailStart(string error)
    {
        lock (_lock)
        {
            Error = error;
            ExitCode = 128;
        }
    }

    internal void Pause(bool on)
    {
        lock (_lock)
            State = on ? "paused" : "running";
        _engine.Announce(on ? "pause" : "unpause", this);
        Changed();
    }

    internal async Task WaitUntilAsync(Func<FakeContainer, bool> condition, CancellationToken ct)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(this))
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(ct);
        }
    }

    /// <summary>The entries from <paramref name="from"/> on.</summary>
    internal IReadOnlyList<FakeLogEntry> Log(int from)
    {
        lock (_lock)
            return [.. _log.Skip(from)];
    }

    internal int LogLength
    {
        get
        {
            lock (_lock)
                return _log.Count;
        }
    }

    private int? Port =>
        Env.LastOrDefault(e => e.StartsWith("PORT=", StringComparison.Ordinal)) is { } line && int.TryParse(line["PORT=".Length..], out var port) ? port : null;

    private void Changed()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.TrySetResult();
    }

    private static IReadOnlyList<string> Strings(JsonNode? array) => [.. array?.AsArray().Select(n => (string)n!) ?? []];

    private sealed class Reader(FakeContainer container) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref container._followers);
    }
}

internal sealed record FakeLogEntry(bool Stderr, DateTimeOffset Time, byte[] Bytes);
