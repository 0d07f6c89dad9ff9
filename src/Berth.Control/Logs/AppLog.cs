using System.Globalization;
using System.Threading.Channels;

namespace Berth.Control.Logs;

/// <summary>
/// One app's lines: append-only segment files named by the time of their first line, so that old ones go as whole files. Thread-safe.
/// </summary>
internal sealed class AppLog(string folder, ControlOptions options, TimeProvider time) : IDisposable
{
    private const long SegmentBytes = 8 << 20;
    private const int FollowerBuffer = 10_000;

    private readonly Lock _lock = new();
    private readonly List<Channel<LogRecord>> _followers = [];
    private FileStream? _segment;
    private bool _mended;

    public void Append(IReadOnlyList<LogRecord> records)
    {
        lock (_lock)
        {
            var segment = Segment_NeedsLock();
            foreach (var record in records)
            {
                segment.Write(LogRecord.Encoding.GetBytes(record.ToStored()));
                // A follower that does not read loses its oldest lines, and never holds up the sandbox.
                foreach (var follower in _followers)
                    follower.Writer.TryWrite(record);
            }
            segment.Flush();
        }
    }

    /// <summary>The stored lines that match, oldest first, then, if asked for, those that come. No line is left out or given twice between the two.</summary>
    public async IAsyncEnumerable<LogRecord> ReadAsync(LogQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        Channel<LogRecord>? follower = null;
        List<(string Path, long Length)> segments;
        lock (_lock)
        {
            segments = Segments();
            if (query.Follow)
            {
                follower = Channel.CreateBounded<LogRecord>(new BoundedChannelOptions(FollowerBuffer) { FullMode = BoundedChannelFullMode.DropOldest });
                _followers.Add(follower);
            }
        }
        try
        {
            foreach (var record in Stored(segments, query))
                yield return record;
            if (follower is null)
                yield break;
            await foreach (var record in follower.Reader.ReadAllAsync(ct))
            {
                if (query.Matches(record))
                    yield return record;
            }
        }
        finally
        {
            if (follower is not null)
            {
                lock (_lock)
                    _followers.Remove(follower);
            }
        }
    }

    /// <summary>Time of the last stored line by sandbox, of the two newest segments: where a collector goes on after a restart.</summary>
    public Dictionary<string, DateTimeOffset> LastTimes()
    {
        List<(string Path, long Length)> segments;
        lock (_lock)
            segments = Segments();
        var times = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var record in segments.TakeLast(2).SelectMany(ReadSegment))
            times[record.Sandbox] = record.Time;
        return times;
    }

    /// <summary>Removes segments that are too old or too much.</summary>
    public void Prune()
    {
        lock (_lock)
        {
            var segments = Segments();
            var oldest = time.GetUtcNow() - options.LogAge;
            var total = segments.Sum(s => s.Length);
            foreach (var (path, length) in segments.SkipLast(1))
            {
                if (total <= options.LogBytesPerApp && File.GetLastWriteTimeUtc(path) >= oldest)
                    break;
                File.Delete(path);
                total -= length;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _segment?.Dispose();
            _segment = null;
            _followers.ForEach(f => f.Writer.TryComplete());
        }
    }

    private FileStream Segment_NeedsLock()
    {
        if (_segment is { Length: < SegmentBytes })
            return _segment;
        _segment?.Dispose();
        Directory.CreateDirectory(folder);
        var newest = Segments().LastOrDefault();
        var path = newest.Path is not null && newest.Length < SegmentBytes
            ? newest.Path
            : Path.Combine(folder, time.GetUtcNow().ToUnixTimeMilliseconds().ToString("D15", CultureInfo.InvariantCulture) + ".log");
        _segment = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        return _segment;
    }

    private List<(string Path, long Length)> Segments()
    {
        if (!Directory.Exists(folder))
            return [];
        var paths = Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal).ToList();
        if (!_mended && paths.Count > 0)
            CutOffPartialLine(paths[^1]);
        _mended = true;
        return [.. paths.Select(p => (p, new FileInfo(p).Length))];
    }

    /// <summary>A line that a kill cut off goes: its end would swallow the next one, and the collector fetches it again from the engine.</summary>
    private static void CutOffPartialLine(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var end = file.Length;
        for (; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
                break;
        }
        file.SetLength(end);
    }

    private static IEnumerable<LogRecord> Stored(List<(string Path, long Length)> segments, LogQuery query)
    {
        if (query.Lines is not { } limit)
            return segments.SelectMany(ReadSegment).Where(query.Matches);

        // From the newest segment back, until there are enough.
        var found = new LinkedList<List<LogRecord>>();
        var count = 0;
        foreach (var segment in Enumerable.Reverse(segments))
        {
            var matching = ReadSegment(segment).Where(query.Matches).ToList();
            found.AddFirst(matching);
            count += matching.Count;
            if (count >= limit)
                break;
        }
        return found.SelectMany(r => r).Skip(Math.Max(0, count - limit));
    }

    private static IEnumerable<LogRecord> ReadSegment((string Path, long Length) segment)
    {
        if (!File.Exists(segment.Path))
            yield break;
        using var stream = new FileStream(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, LogRecord.Encoding);
        long read = 0;
        while (read < segment.Length && reader.ReadLine() is { } line)
        {
            read += LogRecord.Encoding.GetByteCount(line) + 1;
            if (LogRecord.FromStored(line) is { } record)
                yield return record;
        }
    }
}
