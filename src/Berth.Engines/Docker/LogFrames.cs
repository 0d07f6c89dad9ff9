using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>Reads bytes into a buffer; 0 at the end.</summary>
internal delegate ValueTask<int> ReadBytes(Memory<byte> buffer, CancellationToken ct);

/// <summary>
/// Takes the engine's two forms of output apart. Multiplexed: frames of 8 bytes of head (stream number, three zeros, length) and
/// as many bytes of text, which arrive split anywhere. Raw, where there is a terminal: just text.
/// </summary>
internal static class LogFrames
{
    /// <summary>Most that a <see cref="LogChunk"/> carries. The engine itself cuts entries of the log at this length.</summary>
    public const int MaxChunk = 16 * 1024;

    /// <summary><c>2024-01-15T10:30:45.123456789+01:00</c> and the blank behind it.</summary>
    private const int MaxStamp = 36;

    /// <summary>Length of <c>2024-01-15T10:30:45.123456789Z</c>.</summary>
    private const int UtcStamp = 30;

    /// <summary>Of it, what is no finer than a time can be here.</summary>
    private const int TicksOfStamp = UtcStamp - 3;

    /// <summary>A sandbox's log, each frame of which begins with the time when the engine got it.</summary>
    public static async IAsyncEnumerable<LogChunk> ReadStampedAsync(ReadBytes read, [EnumeratorCancellation] CancellationToken ct)
    {
        var time = default(DateTimeOffset);
        await foreach (var piece in ReadFramesAsync(read, ct))
        {
            var bytes = piece.Bytes;
            if (piece.IsFirst)
                (time, bytes) = TakeStamp(bytes, time);
            foreach (var part in Cut(bytes))
                yield return new LogChunk(piece.Stream, time, part);
        }
    }

    /// <summary>A program's output as it prints it.</summary>
    public static async IAsyncEnumerable<LogChunk> ReadPlainAsync(ReadBytes read, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var piece in ReadFramesAsync(read, ct))
            foreach (var part in Cut(piece.Bytes))
                yield return new LogChunk(piece.Stream, time.GetUtcNow(), part);
    }

    /// <summary>A terminal's output.</summary>
    public static async IAsyncEnumerable<LogChunk> ReadRawAsync(ReadBytes read, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[MaxChunk];
        int count;
        while ((count = await read(buffer, ct)) > 0)
            yield return new LogChunk(LogStream.Stdout, time.GetUtcNow(), buffer.AsSpan(0, count).ToArray());
    }

    private static async IAsyncEnumerable<Piece> ReadFramesAsync(ReadBytes read, [EnumeratorCancellation] CancellationToken ct)
    {
        var source = new Source(read);
        var head = new byte[8];
        while (await source.FillAsync(head, ct) == head.Length)
        {
            var stream = head[0] == 2 ? LogStream.Stderr : LogStream.Stdout;
            long left = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
            // Never as much as the head promises at once: a broken one may promise 4 GiB.
            for (bool first = true; left > 0; first = false)
            {
                var bytes = new byte[(int)Math.Min(left, MaxChunk + MaxStamp)];
                int count = await source.FillAsync(bytes, ct);
                if (count > 0)
                    yield return new Piece(stream, first, bytes.AsMemory(0, count));
                if (count < bytes.Length)
                    yield break;
                left -= count;
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> bytes)
    {
        for (; bytes.Length > MaxChunk; bytes = bytes[MaxChunk..])
            yield return bytes[..MaxChunk];
        if (bytes.Length > 0)
            yield return bytes;
    }

    private static (DateTimeOffset, ReadOnlyMemory<byte>) TakeStamp(ReadOnlyMemory<byte> bytes, DateTimeOffset before)
    {
        int blank = bytes.Span[..Math.Min(bytes.Length, MaxStamp)].IndexOf((byte)' ');
        return blank > 0 && Stamp(bytes.Span[..blank]) is { } time ? (time, bytes[(blank + 1)..]) : (before, bytes);
    }

    /// <summary>A time as the engine writes it; null for what is none.</summary>
    public static DateTimeOffset? Stamp(ReadOnlySpan<byte> stamp)
    {
        // What nearly all are, in a tenth of the time.
        if (stamp.Length == UtcStamp && stamp[^1] == 'Z' && Utf8Parser.TryParse(stamp[..TicksOfStamp], out DateTime utc, out _, 'O'))
            return new DateTimeOffset(utc, TimeSpan.Zero);
        var text = Encoding.ASCII.GetString(stamp);
        // Parsing would round the last two of nine digits up, and who reads again "since" then would miss this very entry.
        int fraction = text.IndexOf('.') + 1;
        if (fraction > 0 && text.Length >= fraction + 9)
            text = text.Remove(fraction + 7, 2);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    private readonly record struct Piece(LogStream Stream, bool IsFirst, ReadOnlyMemory<byte> Bytes);

    /// <summary>Reads ahead, so that a head of 8 bytes is no system call of its own.</summary>
    private sealed class Source(ReadBytes read)
    {
        private readonly byte[] _buffer = new byte[32 * 1024];
        private int _start;
        private int _end;

        /// <summary>Fills all of <paramref name="target"/>; less only at the end.</summary>
        public async ValueTask<int> FillAsync(Memory<byte> target, CancellationToken ct)
        {
            int done = 0;
            while (done < target.Length)
            {
                if (_start == _end)
                {
                    _start = 0;
                    _end = await read(_buffer, ct);
                    if (_end == 0)
                        break;
                }
                int count = Math.Min(target.Length - done, _end - _start);
                _buffer.AsMemory(_start, count).CopyTo(target[done..]);
                _start += count;
                done += count;
            }
            return done;
        }
    }
}
