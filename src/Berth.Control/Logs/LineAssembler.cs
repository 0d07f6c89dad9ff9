using Berth.Model;

namespace Berth.Control.Logs;

/// <summary>
/// Joins a stream's chunks to lines. A line that grows past the limit is cut there and marked; what follows up to its end is dropped,
/// so that a program without line ends costs no memory.
/// </summary>
internal sealed class LineAssembler(char stream, string service, string sandbox, int maxBytes)
{
    private readonly MemoryStream _partial = new();
    private DateTimeOffset _startedAt;
    private bool _cut;

    /// <summary>A line has begun and not ended. May be asked by any thread.</summary>
    public bool IsInLine => _partial.Length > 0;

    public void Add(LogChunk chunk, List<LogRecord> lines)
    {
        var rest = chunk.Bytes.Span;
        while (rest.Length > 0)
        {
            if (_partial.Length == 0)
                _startedAt = chunk.Time;
            var end = rest.IndexOf((byte)'\n');
            Keep(end < 0 ? rest : rest[..end]);
            if (end < 0)
                return;
            Finish(lines);
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>The stream has ended: what is left is a line.</summary>
    public void End(List<LogRecord> lines)
    {
        if (_partial.Length > 0)
            Finish(lines);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var room = maxBytes - (int)_partial.Length;
        if (bytes.Length > room)
        {
            bytes = bytes[..room];
            _cut = true;
        }
        _partial.Write(bytes);
    }

    private void Finish(List<LogRecord> lines)
    {
        var bytes = _partial.GetBuffer().AsSpan(0, (int)_partial.Length);
        var text = LogRecord.Encoding.GetString(bytes.EndsWith("\r"u8) ? bytes[..^1] : bytes);
        lines.Add(new LogRecord(_startedAt, stream, service, sandbox, _cut ? $"{text} [cut after {maxBytes} bytes]" : text));
        _partial.SetLength(0);
        _cut = false;
    }
}
