namespace Berth.Control.Store;

/// <summary>A host whose certificate Berth gets by itself.</summary>
/// <param name="Failures">Tries in a row that brought none.</param>
/// <param name="NextTryAt">Not before; and not before it is due.</param>
/// <param name="Problem">Why the last try brought none; null: it did, or there was none yet.</param>
public sealed record AutomaticHost(string Host, int Failures, DateTimeOffset NextTryAt, string? Problem)
{
    /// <summary>After one more failure: the pause doubles each time, and is spread by a quarter each way so that many hosts do not come back at once.</summary>
    /// <param name="retryAfter">Not before that, if it was said.</param>
    /// <param name="chance">0 to 1.</param>
    public AutomaticHost Failed(string problem, TimeSpan? retryAfter, DateTimeOffset now, double chance, TimeSpan first, TimeSpan longest)
    {
        var pause = Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(Failures, 30))) * (0.75 + chance / 2);
        return this with { Failures = Failures + 1, NextTryAt = now + TimeSpan.FromSeconds(Math.Max(pause, Math.Min(retryAfter?.TotalSeconds ?? 0, longest.TotalSeconds * 7))), Problem = problem };
    }
}

/// <summary>Hosts that have their certificates by ACME, with what became of the last try.</summary>
public sealed class AutomaticStore(StateStore store)
{
    public IReadOnlyList<AutomaticHost> List() => store.Read(db => db.Query("SELECT host, failures, next_try_at, problem FROM automatic_certificates ORDER BY host",
        row => new AutomaticHost(row.GetString(0), row.GetInt32(1), row.Time(2), row.TextOrNull(3))));

    /// <summary>Stores what became of a try; of a host that is not wanted any more, nothing.</summary>
    public void Put(AutomaticHost host) => store.Write(db => db.Execute(
        "UPDATE automatic_certificates SET failures = @failures, next_try_at = @next, problem = @problem WHERE host = @host",
        ("@host", host.Host), ("@failures", host.Failures), ("@next", host.NextTryAt.ToUnixTimeMilliseconds()), ("@problem", host.Problem)));

    /// <summary>From now on, tried at once; also if it is there already.</summary>
    public void Add(string host) => store.Write(db => db.Execute(
        "INSERT OR REPLACE INTO automatic_certificates (host, failures, next_try_at, problem) VALUES (@host, 0, 0, NULL)", ("@host", host)));

    /// <summary>False if there was none.</summary>
    public bool Remove(string host) => store.Write(db => db.Execute("DELETE FROM automatic_certificates WHERE host = @host", ("@host", host)) > 0);
}
