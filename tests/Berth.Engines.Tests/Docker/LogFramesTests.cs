using System.Buffers.Binary;
using System.Text;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;

namespace Berth.Engines.Tests.Docker;

public sealed class LogFramesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(41)]
    [InlineData(100_000)]
    public async Task Frames_are_read_whole_however_the_stream_is_split(int step)
    {
        byte[] bytes = [.. Frame(1, "2024-01-15T10:30:45.123456700Z one\n"), .. Frame(2, "2024-01-15T10:30:46.000000000Z no newline"), .. Frame(1, "2024-01-15T10:30:47.5Z \n")];

        var chunks = await ToListAsync(LogFrames.ReadStampedAsync(InSteps(bytes, step), Ct));

        Assert.Equal(
            [(LogStream.Stdout, "one\n"), (LogStream.Stderr, "no newline"), (LogStream.Stdout, "\n")],
            chunks.Select(c => (c.Stream, Encoding.UTF8.GetString(c.Bytes.Span))));
        Assert.Equal(DateTimeOffset.Parse("2024-01-15T10:30:45.1234567Z"), chunks[0].Time);
    }

    [Theory]
    [InlineData("2024-01-15T10:30:45.123456799Z", "2024-01-15T10:30:45.1234567Z")]
    [InlineData("2024-01-15T10:30:45.999999999Z", "2024-01-15T10:30:45.9999999Z")]
    [InlineData("2024-01-15T12:30:45.123456799+02:00", "2024-01-15T10:30:45.1234567Z")]
    public async Task A_time_is_cut_and_never_rounded_up(string stamp, string time)
    {
        var chunks = await ToListAsync(LogFrames.ReadStampedAsync(InSteps(Frame(1, stamp + " x\n"), 1000), Ct));

        Assert.Equal(DateTimeOffset.Parse(time), Assert.Single(chunks).Time);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_pass_unchanged()
    {
        byte[] odd = [0, 0xFF, 0x1B, (byte)'[', 0xC3, 0x28, (byte)' ', (byte)'\n'];
        var frame = Frame(1, [.. "2024-01-15T10:30:45Z "u8, .. odd]);

        Assert.Equal(odd, Assert.Single(await ToListAsync(LogFrames.ReadStampedAsync(InSteps(frame, 3), Ct))).Bytes.ToArray());
    }

    [Fact]
    public async Task A_long_frame_comes_in_pieces_with_one_time()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i} "));
        var chunks = await ToListAsync(LogFrames.ReadStampedAsync(InSteps(Frame(1, "2024-01-15T10:30:45Z " + text), 5000), Ct));

        Assert.Equal(text, string.Concat(chunks.Select(c => Encoding.ASCII.GetString(c.Bytes.Span))));
        Assert.All(chunks, c => Assert.InRange(c.Bytes.Length, 1, LogFrames.MaxChunk));
        Assert.Single(chunks.Select(c => c.Time).Distinct());
    }

    [Fact]
    public async Task A_stream_that_breaks_off_gives_what_came()
    {
        var frame = Frame(1, "2024-01-15T10:30:45Z broken off");
        byte[] promisesTooMuch = [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. "2024-01-15T10:30:45Z little"u8];

        Assert.Equal("broken", Text(await ToListAsync(LogFrames.ReadStampedAsync(InSteps(frame[..^4], 10), Ct))));
        Assert.Equal("little", Text(await ToListAsync(LogFrames.ReadStampedAsync(InSteps(promisesTooMuch, 10), Ct))));
        Assert.Empty(await ToListAsync(LogFrames.ReadStampedAsync(InSteps(frame[..5], 10), Ct)));
    }

    [Fact]
    public async Task A_programs_output_has_the_time_at_which_it_is_read()
    {
        var clock = new ManualTimeProvider();

        var chunk = Assert.Single(await ToListAsync(LogFrames.ReadPlainAsync(InSteps(Frame(2, "2024 is no time here"), 6), clock, Ct)));

        Assert.Equal((LogStream.Stderr, clock.GetUtcNow(), "2024 is no time here"), (chunk.Stream, chunk.Time, Text([chunk])));
    }

    private static string Text(List<LogChunk> chunks) => string.Concat(chunks.Select(c => Encoding.ASCII.GetString(c.Bytes.Span)));

    private static byte[] Frame(byte stream, string text) => Frame(stream, Encoding.UTF8.GetBytes(text));

    private static byte[] Frame(byte stream, byte[] text)
    {
        var head = new byte[8];
        head[0] = stream;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), text.Length);
        return [.. head, .. text];
    }

    private static ReadBytes InSteps(byte[] bytes, int step)
    {
        int position = 0;
        return (buffer, _) =>
        {
            int count = Math.Min(Math.Min(step, buffer.Length), bytes.Length - position);
            bytes.AsMemory(position, count).CopyTo(buffer);
            position += count;
            return ValueTask.FromResult(count);
        };
    }

    private static async Task<List<LogChunk>> ToListAsync(IAsyncEnumerable<LogChunk> chunks)
    {
        var list = new List<LogChunk>();
        await foreach (var chunk in chunks)
            list.Add(chunk);
        return list;
    }
}
