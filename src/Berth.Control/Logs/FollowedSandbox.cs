using Berth.Model;

namespace Berth.Control.Logs;

/// <summary>
/// A sandbox whose output is followed, and what is known of the line that it is in. While it is frozen it prints nothing, so that its connection to the engine can be given up: on a
/// server of many sleeping apps those would be most of the connections, and the engine looks several times a second for more at each. Thread-safe.
/// </summary>
internal sealed class FollowedSandbox : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly LineAssembler _output;
    private readonly LineAssembler _errors;

    // Guarded by the lock. Both are there while the sandbox is frozen, and gone once it is thawed.
    private ITimer? _untilQuiet;
    private TaskCompletionSource? _thawed;
    private CancellationTokenSource _rest = new();
    private bool _ended;

    public FollowedSandbox(SandboxStatus sandbox, int lineBytes, TimeProvider time)
    {
        (Id, App, _time) = (sandbox.Id, sandbox.App, time);
        _output = new('S', sandbox.Service, sandbox.Id, lineBytes);
        _errors = new('E', sandbox.Service, sandbox.Id, lineBytes);
    }

    public string Id { get; }

    public string App { get; }

    /// <summary>Follows it to its end; set by who begins to.</summary>
    public Task Following { get; set; } = Task.CompletedTask;

    /// <summary>Cancelled once nothing more is to be expected for as long as it is frozen.</summary>
    public CancellationToken Rest
    {
        get
        {
            lock (_lock)
                return _rest.Token;
        }
    }

    /// <summary>Done when there may be something to read again.</summary>
    public Task Thawed
    {
        get
        {
            lock (_lock)
                return _rest.IsCancellationRequested && _thawed is { } thawed ? thawed.Task : Task.CompletedTask;
        }
    }

    /// <summary>Only called by who follows it.</summary>
    public void Add(LogChunk chunk, List<LogRecord> lines) => (chunk.Stream == LogStream.Stdout ? _output : _errors).Add(chunk, lines);

    /// <summary>Only called by who follows it: what is left is a line.</summary>
    public void End(List<LogRecord> lines)
    {
        _output.End(lines);
        _errors.End(lines);
    }

    /// <param name="quiet">How long what it printed before may take to arrive.</param>
    public void Freeze(TimeSpan quiet)
    {
        lock (_lock)
        {
            if (_ended || _thawed is not null)
                return;
            _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _untilQuiet = _time.CreateTimer(static followed => ((FollowedSandbox)followed!).GiveUp(), this, quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public void Thaw()
    {
        lock (_lock)
        {
            _untilQuiet?.Dispose();
            _untilQuiet = null;
            // The old one may still be read of.
            if (_rest.IsCancellationRequested)
                _rest = new();
            _thawed?.SetResult();
            _thawed = null;
        }
    }

    /// <summary>It is not followed any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            _untilQuiet?.Dispose();
        }
    }

    private void GiveUp()
    {
        CancellationTokenSource rest;
        lock (_lock)
        {
            // The parts of a long line share one time, so that the rest of it could not be told from what is known.
            if (_thawed is null || _output.IsInLine || _errors.IsInLine)
                return;
            rest = _rest;
        }
        rest.Cancel();
    }
}
