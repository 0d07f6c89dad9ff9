using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Berth.Control.Logs;

/// <summary>
/// One app's lines: append-only segment files named by the time of their first line, so that old ones go as whole files. Whoever follows reads the
/// files too, so that a slow reader costs no memory and holds nobody up. Thread-safe.
/// </summary>
internal sealed class AppLog(string folder, ControlOptions options, TimeProvider time) : IDisposable
{
    private const long SegmentBytes = 8 << 20;

    /// <summary>A line that was no UTF-8 grows by what stands for each byte of it.</summary>
    private const int LineGrowth = 4;

    private readonly LogBlocks _blocks = new(Math.Max(256 * 1024, options.LogLineBytes * LineGrowth));
    private readonly Lock _lock = new();

    /// <summary>Oldest first; the last one is written to. Null: not looked for yet.</summary>
    private List<LogSegment>? _segments;
    private FileStream? _file;
    private TaskCompletionSource? _grown;
    private bool _closed;

    /// <summary>The app is gone, or <c>berthd</c> ends.</summary>
    public bool IsClosed => _closed;

    public void Append(IReadOnlyList<LogRecord> records)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(records.Sum(r => r.MaxStoredBytes));
        var count = 0;
        foreach (var record in records)
            count += record.WriteStored(bytes.AsSpan(count));
        TaskCompletionSource? grown;
        lock (_lock)
        {
            var file = OpenFile_NeedsLock();
            var segment = _segments![^1];
            try
            {
                file.Write(bytes, 0, count);
            }
            catch (IOException)
            {
                // The disk is full: half a line would swallow the next one.
                file.SetLength(segment.To);
                throw;
            }
            _segments[^1] = segment with { To = segment.To + count };
            (grown, _grown) = (_grown, null);
        }
        ArrayPool<byte>.Shared.Return(bytes);
        grown?.TrySetResult();
    }

    /// <summary>The stored lines that match, oldest first, then, if asked for, those that come. No line is left out or given twice between the two.</summary>
    public async IAsyncEnumerable<LogRecord> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        var (parts, end) = Since(default);
        foreach (var record in Stored(parts, query))
            yield return record;
        while (query.Follow && !_closed)
        {
            // Asked for before it is read: what comes in between is then not missed.
            var grown = GrownAsync();
            (parts, end) = Since(end);
            foreach (var record in parts.SelectMany(p => _blocks.Read(p, query)))
                yield return record;
            await grown.WaitAsync(ct);
        }
    }

    /// <summary>What is stored behind a position, and the position behind that.</summary>
    public (IReadOnlyList<LogSegment> Parts, LogPosition End) Since(LogPosition position)
    {
        lock (_lock)
        {
            var segments = Segments_NeedsLock();
            return (
                [.. segments.Where(s => s.Number >= position.Segment).Select(s => s.Number == position.Segment ? s with { From = Math.Min(position.Offset, s.To) } : s).Where(s => s.From < s.To)],
                segments.Count == 0 ? position : new(segments[^1].Number, segments[^1].To));
        }
    }

    /// <summary>How much is stored behind a position.</summary>
    public long BytesSince(LogPosition position) => Since(position).Parts.Sum(p => p.To - p.From);

    /// <summary>Some lines behind a position, and the position behind them. None: there are no more.</summary>
    public (IReadOnlyList<LogRecord> Lines, LogPosition Next) ReadBlock(LogPosition position)
    {
        foreach (var part in Since(position).Parts)
        {
            var (lines, next) = _blocks.ReadBlock(part);
            position = new(part.Number, next);
            if (lines.Count > 0)
                return (lines, position);
        }
        return ([], position);
    }

    /// <summary>Goes on from a position by at most so many bytes, to the end of a line, and counts the lines on the way.</summary>
    public (long Lines, LogPosition Next) Skip(LogPosition position, long bytes)
    {
        long lines = 0;
        foreach (var part in Since(position).Parts)
        {
            if (bytes <= 0)
                break;
            var to = Math.Min(part.To, part.From + bytes);
            var (counted, end) = _blocks.Count(part with { To = to });
            bytes -= to - part.From;
            lines += counted;
            position = new(part.Number, end);
        }
        return (lines, position);
    }

    /// <summary>Completes with the next lines, or when the log is closed.</summary>
    public Task GrownAsync()
    {
        lock (_lock)
            return _closed ? Task.CompletedTask : (_grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Time of the last stored line by sandbox and what printed it, of the two newest segments: where a collector goes on after a restart.</summary>
    public Dictionary<(string Sandbox, string Service), DateTimeOffset> LastTimes()
    {
        var times = new Dictionary<(string, string), DateTimeOffset>();
        foreach (var record in Since(default).Parts.TakeLast(2).SelectMany(p => _blocks.Read(p, LogQuery.All)))
            times[(record.Sandbox, record.Service)] = record.Time;
        return times;
    }

    /// <summary>Removes segments that are too old or too much.</summary>
    public void Prune()
    {
        lock (_lock)
        {
            var segments = Segments_NeedsLock();
            var oldest = time.GetUtcNow() - options.LogAge;
            var total = segments.Sum(s => s.To);
            while (segments.Count > 1 && (total > options.LogBytesPerApp || File.GetLastWriteTimeUtc(segments[0].Path) < oldest))
            {
                File.Delete(segments[0].Path);
                total -= segments[0].To;
                segments.RemoveAt(0);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _file?.Dispose();
            _file = null;
        }
        _grown?.TrySetResult();
    }

    private FileStream OpenFile_NeedsLock()
    {
        var segments = Segments_NeedsLock();
        if (_file is not null && segments[^1].To < SegmentBytes)
            return _file;
        _file?.Dispose();
        Directory.CreateDirectory(folder);
        if (segments.Count == 0 || segments[^1].To >= SegmentBytes)
        {
            // Also after a clock was set back: who has read up to a segment reads on in higher ones.
            var number = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), segments.Count == 0 ? 0 : segments[^1].Number + 1);
            segments.Add(new(Path.Combine(folder, number.ToString("D15", CultureInfo.InvariantCulture) + ".log"), number, 0, 0));
        }
        _file = new FileStream(segments[^1].Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return _file;
    }

    private List<LogSegment> Segments_NeedsLock()
    {
        if (_segments is not null)
            return _segments;
        var paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal).ToList() : [];
        if (paths.Count > 0)
            CutOffPartialLine(paths[^1]);
        return _segments = paths.ConvertAll(path => new LogSegment(path, long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture), 0, new FileInfo(path).Length));
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

    private IEnumerable<LogRecord> Stored(IReadOnlyList<LogSegment> parts, LogQuery query)
    {
        if (query.Lines is not { } limit)
            return parts.SelectMany(p => _blocks.Read(p, query));

        // From the newest segment back, until there are enough.
        var found = new LinkedList<Queue<LogRecord>>();
        var left = limit;
        foreach (var part in parts.Reverse())
        {
            if (left == 0)
                break;
            var matching = new Queue<LogRecord>();
            foreach (var record in _blocks.Read(part, query))
            {
                if (matching.Count == left)
                    matching.Dequeue();
                matching.Enqueue(record);
            }
            found.AddFirst(matching);
            left -= matching.Count;
        }
        return found.SelectMany(r => r);
    }
}
