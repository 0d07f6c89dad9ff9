using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Berth.Model;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engines.Docker;

/// <summary>
/// The files in which the engine's json-file driver keeps what a container prints: the newest by the plain name, older ones with <c>.1</c>, <c>.2</c> … behind
/// it. Read by themselves while a container prints faster than the engine passes it on: it would rotate the files under its own reader, and lines would be lost.
/// </summary>
/// <param name="path">The newest one's path on the engine's machine.</param>
internal sealed class JsonLogFiles(string path, TimeProvider time)
{
    /// <summary>More than the longest entry: 16 KiB, each byte of it written as six.</summary>
    private const int BlockBytes = 256 * 1024;

    /// <summary>More than the engine is told to keep.</summary>
    private const int MostFiles = 10;

    /// <summary>Between two looks for more.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A container that prints nothing for so long is left to the engine again, which tells of the next line by itself.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Whether they are on this machine, and may be read.</summary>
    public bool CanRead
    {
        get
        {
            try
            {
                using var file = Open(path);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return false;
            }
        }
    }

    /// <summary>All entries later than <paramref name="last"/>, as they come, until it is quiet.</summary>
    public async IAsyncEnumerable<LogChunk> ReadAsync(DateTimeOffset last, [EnumeratorCancellation] CancellationToken ct)
    {
        var (seen, quietSince) = (last, time.GetTimestamp());
        var (block, filled, offset) = (new byte[BlockBytes], 0, 0L);
        var file = OpenAt(last);
        try
        {
            while (time.GetElapsedTime(quietSince) < Quiet)
            {
                var read = file is null ? 0 : RandomAccess.Read(file, block.AsSpan(filled), offset);
                if (read == 0)
                {
                    if ((file is not null && IsNewest(file)) || OpenAfter(seen) is not { } newer)
                    {
                        await Task.Delay(Pause, time, ct);
                        continue;
                    }
                    // Nothing is written into a file any more once there is a newer one; but until then there may have been.
                    if (file is not null && RandomAccess.GetLength(file) > offset)
                    {
                        newer.Dispose();
                        continue;
                    }
                    file?.Dispose();
                    (file, filled, offset) = (newer, 0, 0);
                    continue;
                }
                (filled, offset, quietSince) = (filled + read, offset + read, time.GetTimestamp());
                var start = 0;
                for (int length; (length = block.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                {
                    if (Entry(block.AsSpan(start, length)) is not { } entry)
                        continue;
                    seen = entry.Time;
                    if (entry.Time > last)
                        yield return entry;
                }
                block.AsSpan(start, filled - start).CopyTo(block);
                filled -= start;
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>An entry: <c>{"log":"text\n","stream":"stdout","time":"2024-01-15T10:30:45.123456789Z"}</c>. Null for a line that is none.</summary>
    private static LogChunk? Entry(ReadOnlySpan<byte> line)
    {
        byte[]? text = null;
        var (stream, stamp) = (LogStream.Stdout, default(DateTimeOffset?));
        try
        {
            var json = new Utf8JsonReader(line);
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName)
                    continue;
                var (isText, isStream, isTime) = (json.ValueTextEquals("log"u8), json.ValueTextEquals("stream"u8), json.ValueTextEquals("time"u8));
                json.Read();
                if (isText)
                    text = Text(ref json);
                else if (isStream)
                    stream = json.ValueTextEquals("stderr"u8) ? LogStream.Stderr : LogStream.Stdout;
                else if (isTime)
                    stamp = LogFrames.Stamp(json.ValueSpan);
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return text is null || stamp is not { } at ? null : new LogChunk(stream, at, text);
    }

    private static byte[] Text(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
            return json.ValueSpan.ToArray();
        var text = new byte[json.ValueSpan.Length];
        return text[..json.CopyString(text)];
    }

    /// <summary>Whether an open file still has the plain name: the kernel follows it when it is renamed.</summary>
    private bool IsNewest(SafeFileHandle file) => Path.GetFileName(new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget) == Path.GetFileName(path);

    /// <summary>The file in which the moment lies: the newest that begins no later, else the oldest.</summary>
    private SafeFileHandle? OpenAt(DateTimeOffset moment) => OpenBest((begins, best) => begins <= moment ? best is null || best > moment || begins > best : best is null || begins < best);

    /// <summary>The oldest file that begins later; null: there is none.</summary>
    private SafeFileHandle? OpenAfter(DateTimeOffset moment) => OpenBest((begins, best) => begins > moment && (best is null || begins < best));

    /// <summary>
    /// The file that is better than all others by when it begins. Gone through from the newest on: one that is renamed meanwhile is then seen twice, and
    /// none is missed.
    /// </summary>
    private SafeFileHandle? OpenBest(Func<DateTimeOffset, DateTimeOffset?, bool> isBetter)
    {
        var (best, bestBegins) = (default(SafeFileHandle), default(DateTimeOffset?));
        for (int age = 0; age < MostFiles; age++)
        {
            if (TryOpen(age == 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.{age}")) is not { } file)
                continue;
            if (FirstTime(file) is not { } begins || !isBetter(begins, bestBegins))
            {
                file.Dispose();
                continue;
            }
            best?.Dispose();
            (best, bestBegins) = (file, begins);
        }
        return best;
    }

    private static DateTimeOffset? FirstTime(SafeFileHandle file)
    {
        var block = new byte[BlockBytes];
        var length = block.AsSpan(0, RandomAccess.Read(file, block, 0)).IndexOf((byte)'\n');
        return length < 0 ? null : Entry(block.AsSpan(0, length))?.Time;
    }

    /// <summary>Null where it was rotated away meanwhile.</summary>
    private static SafeFileHandle? TryOpen(string file)
    {
        try
        {
            return Open(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static SafeFileHandle Open(string file) => File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
