using Berth.Control.Drains;
using Berth.Control.Logs;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>A drain as people see it.</summary>
/// <param name="Url">Without its password.</param>
/// <param name="WaitingBytes">Stored lines that are yet to be sent.</param>
public sealed record DrainView(Drain Drain, string Url, DrainStatus Status, long WaitingBytes);

/// <summary>Where an app's log lines are sent.</summary>
public sealed class DrainOperations
{
    private readonly DrainStore _store;
    private readonly LogDrains _drains;
    private readonly LogStore _logs;
    private readonly ControlOptions _options;
    private readonly TimeProvider _time;

    internal DrainOperations(DrainStore store, LogDrains drains, LogStore logs, ControlOptions options, TimeProvider time) =>
        (_store, _drains, _logs, _options, _time) = (store, drains, logs, options, time);

    /// <param name="app">Null: of all apps.</param>
    public IReadOnlyList<DrainView> List(string? app) => [.. _store.List().Where(d => app is null || d.App == app).Select(View)];

    /// <summary>Sends the app's lines there from now on.</summary>
    public Outcome<DrainView> Add(AppRecord app, string url)
    {
        if (DrainUrl.Problem(url) is { } problem)
            return OperationErrors.BadDrainUrl(DrainUrl.Shown(url), problem);
        if (_store.List().Count(d => d.App == app.Name) >= _options.DrainsPerApp)
            return OperationErrors.TooManyDrains(app.Name, _options.DrainsPerApp);
        var now = _time.GetUtcNow();
        var drain = new Drain(Ids.Drain(now), app.Name, url, now, _logs.Of(app.Name).Since(default).End, 0);
        if (!_store.Add(drain))
            return OperationErrors.DrainExists(app.Name, DrainUrl.Shown(url));
        _drains.Begin(drain);
        return View(drain);
    }

    public async Task<Outcome<DrainView>> RemoveAsync(string id)
    {
        if (_store.Find(id) is not { } drain)
            return OperationErrors.DrainNotFound(id);
        var last = View(drain);
        _store.Remove(id);
        await _drains.EndAsync(id);
        return last;
    }

    private DrainView View(Drain drain) => new(
        drain, DrainUrl.Shown(drain.Url), _drains.StatusOf(drain.Id) ?? new("waiting", null, null, 0, drain.Dropped),
        _logs.Of(drain.App).BytesSince(drain.Position));
}
