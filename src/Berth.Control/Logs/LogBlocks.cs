using System.Buffers;

namespace Berth.Control.Logs;

/// <summary>
/// Reads parts of segments in blocks that end with a line. A block is made text at once, and where a query has a literal, only the lines around its
/// occurrences are looked at: that is what makes a search as fast as the disk.
/// </summary>
/// <param name="blockBytes">More than the longest line that is ever stored.</param>
internal sealed class LogBlocks(int blockBytes)
{
    /// <summary>The lines that a query wants, oldest first.</summary>
    public IEnumerable<LogRecord> Read(LogSegment part, LogQuery query)
    {
        // Its last line is older than what is wanted.
        if (query.Since is { } since && File.GetLastWriteTimeUtc(part.Path) < since.UtcDateTime)
            yield break;
        var text = ArrayPool<char>.Shared.Rent(blockBytes);
        try
        {
            for (var at = part.From; at < part.To;)
            {
                (var length, var next) = Decode(part with { From = at }, text);
                if (next == at)
                    yield break;
                for (var start = 0; Next(text.AsSpan(0, length), ref start, query) is { } record;)
                    yield return record;
                at = next;
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>All lines of the first block, and where the next one begins; that is where this one does if there is none.</summary>
    public (IReadOnlyList<LogRecord> Lines, long Next) ReadBlock(LogSegment part)
    {
        var text = ArrayPool<char>.Shared.Rent(blockBytes);
        try
        {
            var (length, next) = Decode(part, text);
            var lines = new List<LogRecord>();
            for (var start = 0; Next(text.AsSpan(0, length), ref start, LogQuery.All) is { } record;)
                lines.Add(record);
            return (lines, next);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>How many lines end in the part, and behind how many bytes the last of them does.</summary>
    public (long Lines, long End) Count(LogSegment part)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(blockBytes);
        try
        {
            var (lines, end) = (0L, part.From);
            for (var at = part.From; at < part.To;)
            {
                var read = Read(part with { From = at }, bytes);
                if (read == 0)
                    break;
                lines += bytes.AsSpan(0, read).Count((byte)'\n');
                end = bytes.AsSpan(0, read).LastIndexOf((byte)'\n') is >= 0 and var last ? at + last + 1 : end;
                at += read;
            }
            return (lines, end);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private (int Length, long Next) Decode(LogSegment part, char[] text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(blockBytes);
        try
        {
            var whole = bytes.AsSpan(0, Read(part, bytes)).LastIndexOf((byte)'\n') + 1;
            return (LogRecord.Encoding.GetChars(bytes.AsSpan(0, whole), text), part.From + whole);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>The first block's bytes; none of a file that is gone.</summary>
    private int Read(LogSegment part, byte[] bytes)
    {
        try
        {
            using var file = File.OpenHandle(part.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, bytes.AsSpan(0, (int)Math.Min(blockBytes, part.To - part.From)), part.From);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static LogRecord? Next(ReadOnlySpan<char> text, ref int start, LogQuery query)
    {
        while (start < text.Length)
        {
            var rest = text[start..];
            var lineStart = 0;
            if (query.Filter.Literal is { } literal)
            {
                var found = rest.IndexOfAny(literal);
                if (found < 0)
                    break;
                lineStart = rest[..found].LastIndexOf('\n') + 1;
            }
            var line = rest[lineStart..];
            line = line[..line.IndexOf('\n')];
            start += lineStart + line.Length + 1;
            if (LogRecord.FromStored(line, query) is { } record)
                return record;
        }
        start = text.Length;
        return null;
    }
}
