using Berth.Control.Logs;
using Berth.Model;
using Berth.Planning.Autoscaling;

namespace Berth.Control.Autoscaling;

/// <summary>
/// What the router reports of each app's demand, and the counts that follow from it. Decisions are made when an app is looked at; a report only sees to that
/// it is looked at when more is needed than was decided. Thread-safe.
/// </summary>
public sealed class DemandBook(LogStore logs, TimeProvider time)
{
    /// <summary>The service name under which decisions stand in an app's logs.</summary>
    public const string LogService = "scaling";

    private const int DecisionsKept = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, AppEntry> _apps = new(StringComparer.Ordinal);

    /// <summary>Called with the app's name when it needs more than it was given.</summary>
    public event Action<string>? Rising;

    /// <summary>Takes in what the router says, before it is acted on.</summary>
    public void Take(RouterReport report)
    {
        var rising = new List<string>();
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var demand in report.Apps)
            {
                var entry = Of_NeedsLock(demand.App);
                (entry.InFlight, entry.Waiting) = (demand.InFlight, demand.Waiting);
                var more = false;
                foreach (var service in entry.Services.Values.Where(s => s.Scaling.Mode == ScalingMode.Auto))
                {
                    var need = Autoscaler.Need(service.Scaling, entry.Requests);
                    service.Window.Set(need, now);
                    more |= Math.Min(need, service.Scaling.MaxInstances) > service.Last.Desired;
                }
                if (more)
                    rising.Add(RouteSplit.OwnerOf(demand.App));
            }
        }
        rising.ForEach(app => Rising?.Invoke(app));
    }

    /// <summary>Takes in what a queue's source said. The app is looked at if more is needed, or if less has become so; a failure that is new is told in its log.</summary>
    public void Take(string app, string service, QueueReading reading)
    {
        bool look, told;
        lock (_lock)
        {
            if (!_apps.TryGetValue(app, out var entry) || !entry.Services.TryGetValue(service, out var known) || known.Scaling.Mode != ScalingMode.Queue)
                return;
            look = known.Reading != reading;
            told = reading.Problem is not null && known.Reading?.Problem != reading.Problem;
            known.Reading = reading;
        }
        if (told)
            logs.Append(app, [new(time.GetUtcNow(), 'E', LogService, "", $"{service}: the queue cannot be asked, so nothing is stopped: {reading.Problem}")]);
        if (look)
            Rising?.Invoke(app);
    }

    /// <summary>Services that go by a queue, of all apps.</summary>
    public IReadOnlyList<QueuedService> Queues()
    {
        lock (_lock)
            return [.. _apps.SelectMany(app => app.Value.Services.Where(s => s.Value.Scaling is { Mode: ScalingMode.Queue, Queue: not null }).Select(s => new QueuedService(app.Key, s.Key, s.Value.Scaling.Queue!)))];
    }

    /// <summary>Of the app's services only these follow demand now.</summary>
    public void KeepOnly(string app, IReadOnlyCollection<string> services)
    {
        lock (_lock)
        {
            if (!_apps.TryGetValue(app, out var entry) || entry.Services.Keys.All(services.Contains))
                return;
            foreach (var gone in entry.Services.Keys.Where(s => !services.Contains(s)).ToList())
                entry.Services.Remove(gone);
        }
    }

    /// <summary>Decides how many sandboxes a service that follows demand should have.</summary>
    /// <param name="app">The app, or the routed name of a release that gets a share of its requests.</param>
    /// <param name="running">Sandboxes of its pool that run now: where nothing is known yet, they are taken to be needed until now.</param>
    public ScalingDecision Decide(string app, string service, Scaling scaling, int running)
    {
        var now = time.GetUtcNow();
        ScalingDecision decision;
        (int Before, bool Changed) change;
        lock (_lock)
        {
            var entry = Of_NeedsLock(app);
            if (!entry.Services.TryGetValue(service, out var known))
            {
                entry.Services[service] = known = new ServiceEntry { Scaling = scaling };
                known.Window.Note(running, now);
                known.AtFirst = running;
            }
            known.Scaling = scaling;
            decision = scaling.Mode == ScalingMode.Queue
                ? Autoscaler.DecideByQueue(scaling, known.Window, known.Reading, known.AtFirst ?? known.Last.Desired, now)
                : Autoscaler.Decide(scaling, known.Window, entry.Requests, now);
            change = (known.Last.Desired, known.Last.Desired != decision.Desired);
            known.AtFirst = null;
            known.Last = decision;
            if (change.Changed)
                entry.Note(new ScalingChange(now, service, change.Before, decision.Desired, decision.Reason));
        }
        var owner = RouteSplit.OwnerOf(app);
        if (change.Changed)
            logs.Append(owner, [new(now, 'S', LogService, "", $"{service}{app[owner.Length..]} {change.Before} → {decision.Desired}: {decision.Reason}")]);
        return decision;
    }

    /// <summary>One was needed until now: the deployment that has just switched was proven by it, and it stays as if a request had come.</summary>
    public void Proven(string app, string service)
    {
        lock (_lock)
        {
            if (Of_NeedsLock(app).Services.TryGetValue(service, out var known))
                known.Window.Note(1, time.GetUtcNow());
        }
    }

    /// <summary>What was decided last; null: nothing yet, or the service does not follow demand.</summary>
    public ScalingDecision? Last(string app, string service)
    {
        lock (_lock)
            return _apps.TryGetValue(app, out var entry) && entry.Services.TryGetValue(service, out var known) ? known.Last : null;
    }

    /// <summary>How many sandboxes a service should have, as it was decided last.</summary>
    public int Desired(string app, ReleaseService service, Scaling scaling) => FollowsDemand(service, scaling)
        ? Last(app, service.Definition.Name)?.Desired ?? scaling.MinInstances
        : Constant(scaling);

    /// <summary>Only a service that requests are sent to can go by them; any can go by a queue.</summary>
    public static bool FollowsDemand(ReleaseService service, Scaling scaling) => scaling.Mode switch
    {
        ScalingMode.Auto => service.Definition.IsRoutable && service.Port is not null,
        ScalingMode.Queue => scaling.Queue is not null,
        _ => false,
    };

    /// <summary>The count of a service that does not follow demand.</summary>
    public static int Constant(Scaling scaling) => scaling.Mode == ScalingMode.Fixed ? scaling.Instances : Math.Max(1, scaling.MinInstances);

    /// <summary>Demand now, and the last changes, oldest first.</summary>
    public AppScaling Of(string app)
    {
        lock (_lock)
            return _apps.TryGetValue(app, out var entry) ? new(entry.InFlight, entry.Waiting, [.. entry.Changes]) : new(0, 0, []);
    }

    public void Forget(string app)
    {
        lock (_lock)
        {
            foreach (var name in _apps.Keys.Where(name => RouteSplit.OwnerOf(name) == app).ToList())
                _apps.Remove(name);
        }
    }

    private AppEntry Of_NeedsLock(string app)
    {
        if (!_apps.TryGetValue(app, out var entry))
            _apps[app] = entry = new AppEntry();
        return entry;
    }

    private sealed class AppEntry
    {
        public int InFlight { get; set; }

        public int Waiting { get; set; }

        public int Requests => InFlight + Waiting;

        public Dictionary<string, ServiceEntry> Services { get; } = new(StringComparer.Ordinal);

        public Queue<ScalingChange> Changes { get; } = new();

        public void Note(ScalingChange change)
        {
            if (Changes.Count == DecisionsKept)
                Changes.Dequeue();
            Changes.Enqueue(change);
        }
    }

    private sealed class ServiceEntry
    {
        public required Scaling Scaling { get; set; }

        public DemandWindow Window { get; } = new();

        public ScalingDecision Last { get; set; } = new(0, "", null);

        /// <summary>Of a queue; null: not asked yet.</summary>
        public QueueReading? Reading { get; set; }

        /// <summary>What ran when the service came to be known here; null once something was decided.</summary>
        public int? AtFirst { get; set; }
    }
}

/// <summary>A service whose count follows a queue.</summary>
public sealed record QueuedService(string App, string Service, QueueSource Source);

/// <param name="Waiting">Requests that are held until a sandbox is ready.</param>
public sealed record AppScaling(int InFlight, int Waiting, IReadOnlyList<ScalingChange> Changes);

/// <summary>A count that was decided anew.</summary>
public sealed record ScalingChange(DateTimeOffset At, string Service, int From, int To, string Reason);
