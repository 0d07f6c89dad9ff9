namespace Berth.Planning.Autoscaling;

/// <summary>
/// How many instances were needed over time: a level that holds until the next, and the highest of the past that still counts. Holds one entry for each
/// height at most, however often it changes. Not thread-safe.
/// </summary>
public sealed class DemandWindow
{
    // Past levels, each higher than those after it, with the moment at which it ended: only these can be the highest of any time that begins later.
    private readonly LinkedList<(DateTimeOffset EndedAt, int Level)> _past = [];

    public int Level { get; private set; }

    /// <summary>From now on so many are needed. A clock that went back is no matter: what has ended then ends later.</summary>
    public void Set(int level, DateTimeOffset now)
    {
        var before = Level;
        Level = level;
        Forget(upTo: level);
        Note(before, now);
    }

    /// <summary>So many were needed until this moment.</summary>
    public void Note(int level, DateTimeOffset endedAt)
    {
        if (level <= Level)
            return;
        Forget(upTo: level);
        _past.AddLast((endedAt, level));
    }

    /// <summary>The highest level in force at any moment since <paramref name="since"/>, with the moment at which it ended; null: it still holds. Forgets what is older.</summary>
    public (int Level, DateTimeOffset? EndedAt) Highest(DateTimeOffset since)
    {
        while (_past.First is { } first && first.Value.EndedAt <= since)
            _past.RemoveFirst();
        return _past.First is { } highest ? (highest.Value.Level, highest.Value.EndedAt) : (Level, null);
    }

    private void Forget(int upTo)
    {
        while (_past.Last is { } last && last.Value.Level <= upTo)
            _past.RemoveLast();
    }
}
