using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Berth.Control.Logs;

/// <summary>One line that a sandbox printed.</summary>
/// <param name="Time">When the engine got its first byte.</param>
/// <param name="Stream"><c>S</c> stdout, <c>E</c> stderr.</param>
/// <param name="Text">Without the line end. Bytes that are no UTF-8 show as U+FFFD; everything else is as it was printed, NUL and escapes too.</param>
public sealed record LogRecord(DateTimeOffset Time, char Stream, string Service, string Sandbox, string Text)
{
    /// <summary>Digits of the time, stream, blanks and line end.</summary>
    private const int FixedBytes = 32;

    private const int MaxUtf8PerChar = 3;

    /// <summary>Never fewer bytes than <see cref="WriteStored"/> needs.</summary>
    internal int MaxStoredBytes => FixedBytes + ((Service.Length + Sandbox.Length + Text.Length) * MaxUtf8PerChar);

    /// <summary>Writes the stored form with its line end, and returns its length: Unix time in 100 ns, stream, service, sandbox, text.</summary>
    internal int WriteStored(Span<byte> target)
    {
        Utf8Formatter.TryFormat((Time - DateTimeOffset.UnixEpoch).Ticks, target, out var at);
        target[at++] = (byte)' ';
        target[at++] = (byte)Stream;
        target[at++] = (byte)' ';
        at += Encoding.GetBytes(Service, target[at..]);
        target[at++] = (byte)' ';
        at += Encoding.GetBytes(Sandbox, target[at..]);
        target[at++] = (byte)' ';
        var text = target.Slice(at, Encoding.GetBytes(Text, target[at..]));
        // A line feed inside would split the record in the file; a carriage return is one on some terminals.
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
        at += text.Length;
        target[at++] = (byte)'\n';
        return at;
    }

    /// <summary>A stored line, if the query wants it. Null as well for a line that is no record: the end of a file that a kill cut off.</summary>
    internal static LogRecord? FromStored(ReadOnlySpan<char> line, LogQuery query)
    {
        Span<Range> parts = stackalloc Range[5];
        if (line.Split(parts, ' ') < 4 || line[parts[1]].Length != 1 || !long.TryParse(line[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            return null;
        var time = DateTimeOffset.UnixEpoch.AddTicks(ticks);
        var textStart = parts[3].End.Value + 1;
        var text = textStart <= line.Length ? line[textStart..] : [];
        return query.Matches(time, line[parts[2]], line[parts[3]], text)
            ? new(time, line[parts[1]][0], line[parts[2]].ToString(), line[parts[3]].ToString(), text.ToString())
            : null;
    }

    internal static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}
