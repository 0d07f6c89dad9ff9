using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Contracts;

/// <summary>Reads one JSON object a line, handing each on as soon as its line is complete. Empty lines are skipped: a server may send them to keep the connection alive.</summary>
internal static class NdjsonReader
{
    /// <exception cref="InvalidDataException">A line is longer than <paramref name="maxLineBytes"/>.</exception>
    /// <exception cref="JsonException">A line is no such object; also where the stream ended within one.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, int maxLineBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(stream);
        while (true)
        {
            var read = await reader.ReadAsync(ct).ConfigureAwait(false);
            var buffer = read.Buffer;
            while (TryTakeLine(ref buffer, read.IsCompleted, out var line))
            {
                if (!IsBlank(line))
                    yield return Parse(line, type);
            }
            if (buffer.Length > maxLineBytes)
                throw new InvalidDataException();
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                break;
        }
        await reader.CompleteAsync().ConfigureAwait(false);
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool last, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        line = last ? buffer : default;
        if (last)
            buffer = buffer.Slice(buffer.End);
        return line.Length > 0;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line) => line.Length == 0 || (line.Length == 1 && line.FirstSpan[0] == '\r');

    private static T Parse<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
    {
        var json = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref json, type) ?? throw new JsonException();
    }
}
