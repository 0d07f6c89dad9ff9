using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Berth.Control.Routing;
using Berth.Model;

namespace Berth.Control.Tests;

/// <summary>A router that keeps every table it gets, reports what the test says, and answers visitors in the sandboxes' place. It refuses older tables, as the real one does.</summary>
internal sealed class RecordingRouter : IRouterSource, IRouterLink
{
    private readonly Lock _lock = new();
    private readonly List<RouteTable> _tables = [];
    private readonly List<Channel<RouterReport>> _readers = [];
    private Dictionary<string, int> _inFlight = [];
    private readonly Dictionary<string, SandboxAnswers> _answers = new(StringComparer.Ordinal);
    private readonly List<string> _visits = [];
    private Task _gate = Task.CompletedTask;
    private Task _visitGate = Task.CompletedTask;

    /// <summary>False: no connection can be made and each push fails.</summary>
    public bool IsThere { get; set; } = true;

    /// <summary>Set: a push is in force, but its answer is lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>The status with which a sandbox, given by its id, answers; null: it breaks off, and the visitor gets 502. Default: 200.</summary>
    public Func<string, int?> Answering { get; set; } = _ => 200;

    /// <summary>Host and path of every visit so far, also of those that wait: <c>demo.localhost/</c>.</summary>
    public IReadOnlyList<string> Visits
    {
        get
        {
            lock (_lock)
                return [.. _visits];
        }
    }

    /// <summary>Pushes that have come in, also those that wait at a gate.</summary>
    public int Pushes { get; private set; }

    /// <summary>All tables that were in force, in order.</summary>
    public IReadOnlyList<RouteTable> Tables
    {
        get
        {
            lock (_lock)
                return [.. _tables];
        }
    }

    public RouteTable Table => Tables.Count == 0 ? RouteTable.Empty : Tables[^1];

    /// <summary>Ids of the sandboxes that get an app's requests now.</summary>
    public IReadOnlyList<string> Routed(string app) => [.. Table.Apps.Where(a => a.Name == app).SelectMany(a => a.Sandboxes).Select(s => s.Id)];

    /// <summary>Pushes wait from now on until the result is disposed.</summary>
    public IDisposable Hold()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = gate.Task;
        return new Opening(gate);
    }

    /// <summary>Visits wait from now on until the result is disposed.</summary>
    public IDisposable HoldVisits()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _visitGate = gate.Task;
        return new Opening(gate);
    }

    /// <summary>It has a table from an earlier life.</summary>
    public void Remember(RouteTable table)
    {
        lock (_lock)
            _tables.Add(table);
    }

    /// <summary>Says that so many requests are at the sandbox.</summary>
    public void SetInFlight(string sandbox, int count)
    {
        lock (_lock)
        {
            _inFlight = new(_inFlight) { [sandbox] = count };
            if (count == 0)
                _inFlight.Remove(sandbox);
            foreach (var reader in _readers)
                reader.Writer.TryWrite(Report_NeedsLock());
        }
    }

    /// <summary>The streams of reports end, as when its process does.</summary>
    public void BreakReports()
    {
        lock (_lock)
            _readers.ForEach(r => r.Writer.TryComplete());
    }

    public Task<IRouterLink> ConnectAsync(CancellationToken ct) =>
        IsThere ? Task.FromResult<IRouterLink>(this) : throw new IOException("the router is away");

    public async Task<PushResult> PushAsync(RouteTable table, CancellationToken ct)
    {
        lock (_lock)
            Pushes++;
        await _gate.WaitAsync(ct);
        if (!IsThere)
            throw new IOException("the router is away");
        lock (_lock)
        {
            var accepted = _tables.Count == 0 || table.Version > _tables[^1].Version;
            if (accepted)
                _tables.Add(table);
            return LosesAnswers ? throw new IOException("the router went away before it answered") : new(accepted, Report_NeedsLock());
        }
    }

    public async IAsyncEnumerable<RouterReport> ReportsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var reports = Channel.CreateUnbounded<RouterReport>();
        lock (_lock)
        {
            _readers.Add(reports);
            reports.Writer.TryWrite(Report_NeedsLock());
        }
        await foreach (var report in reports.Reader.ReadAllAsync(ct))
            yield return report;
    }

    public Task<IReadOnlyList<WakeTimes>> WakesAsync(string app, CancellationToken ct) => Task.FromResult<IReadOnlyList<WakeTimes>>([]);

    public Task<string> MetricsAsync(CancellationToken ct) => Task.FromResult("");

    public async Task<int> VisitAsync(string host, string path, CancellationToken ct)
    {
        lock (_lock)
            _visits.Add(host + path);
        await _visitGate.WaitAsync(ct);
        lock (_lock)
        {
            var app = Table.Hosts.FirstOrDefault(h => h.Host == host)?.App;
            if (app is null)
                return 404;
            if (Routed(app) is not [var sandbox, ..])
                return 503;
            var so = _answers.GetValueOrDefault(sandbox) ?? new(sandbox, 0, 0, 0);
            var status = Answering(sandbox);
            _answers[sandbox] = status is null ? so with { Failed = so.Failed + 1 } : so with { Answered = so.Answered + 1, ServerErrors = so.ServerErrors + (status >= 500 ? 1 : 0) };
            return status ?? 502;
        }
    }

    public Task<IReadOnlyList<SandboxAnswers>?> AnswersAsync(string app, CancellationToken ct)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<SandboxAnswers>?>([.. Routed(app).Select(id => _answers.GetValueOrDefault(id) ?? new(id, 0, 0, 0))]);
    }

    private RouterReport Report_NeedsLock() => new() { Version = _tables.Count == 0 ? 0 : _tables[^1].Version, Apps = [], InFlight = _inFlight };

    private sealed class Opening(TaskCompletionSource gate) : IDisposable
    {
        public void Dispose() => gate.TrySetResult();
    }
}
