using System.Globalization;
using System.Text;

namespace Berth.Control.Logs;

/// <summary>One line that a sandbox printed.</summary>
/// <param name="Time">When the engine got its first byte.</param>
/// <param name="Stream"><c>S</c> stdout, <c>E</c> stderr.</param>
/// <param name="Text">Without the line end. Bytes that are no UTF-8 show as U+FFFD.</param>
public sealed record LogRecord(DateTimeOffset Time, char Stream, string Service, string Sandbox, string Text)
{
    /// <summary>The stored form, with its line end: Unix time in 100 ns, stream, service, sandbox, text.</summary>
    internal string ToStored()
    {
        // A carriage return or a line feed inside would split the record in the file.
        var text = Text.AsSpan().ContainsAny('\n', '\r') ? Text.Replace('\n', ' ').Replace('\r', ' ') : Text;
        return string.Create(CultureInfo.InvariantCulture, $"{(Time - DateTimeOffset.UnixEpoch).Ticks} {Stream} {Service} {Sandbox} {text}\n");
    }

    /// <summary>Null for a line that is no record: the end of a file that a kill cut off.</summary>
    internal static LogRecord? FromStored(ReadOnlySpan<char> line)
    {
        Span<Range> parts = stackalloc Range[5];
        if (line.Split(parts, ' ') < 4 || !long.TryParse(line[parts[0]], CultureInfo.InvariantCulture, out var ticks) || line[parts[1]].Length != 1)
            return null;
        var textStart = parts[3].End.Value + 1;
        var text = textStart <= line.Length ? line[textStart..].ToString() : "";
        return new(DateTimeOffset.UnixEpoch.AddTicks(ticks), line[parts[1]][0], line[parts[2]].ToString(), line[parts[3]].ToString(), text);
    }

    internal static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}
