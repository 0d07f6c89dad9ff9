using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Tells entries that come a second time: an engine that rotates its file while it is followed may read the new one twice from its beginning. Such an
/// entry is earlier than the one before it and has the very time of one that was there; after a step of the clock, entries are earlier too, but at times of their own.
/// </summary>
internal sealed class LogRepeats
{
    /// <summary>Times that are remembered. Who prints more between two looks at a file is read by <see cref="JsonLogFiles"/>.</summary>
    private const int Kept = 1024;

    private readonly HashSet<long> _times = [];
    private readonly Queue<long> _inOrder = [];
    private long _last = long.MinValue;
    private bool _isRepeating;

    /// <summary>Remembers the entry, unless it is one of those.</summary>
    public bool IsRepeat(LogChunk chunk)
    {
        var time = chunk.Time.UtcTicks;
        // The parts of a long line share one time; and the last entry is the last that comes again.
        if (time == _last)
            return _isRepeating;
        _isRepeating = time < _last && _times.Contains(time);
        if (_isRepeating)
            return true;
        _last = time;
        if (_times.Add(time))
            _inOrder.Enqueue(time);
        if (_inOrder.Count > Kept)
            _times.Remove(_inOrder.Dequeue());
        return false;
    }
}
