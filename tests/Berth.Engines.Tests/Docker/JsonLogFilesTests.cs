using System.Globalization;
using System.Text;
using System.Text.Json;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;

namespace Berth.Engines.Tests.Docker;

/// <summary>The engine's own log files, as its json-file driver writes and rotates them, read from beside.</summary>
public sealed class JsonLogFilesTests : IDisposable
{
    private static readonly DateTimeOffset Began = new(2024, 1, 15, 10, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private string Newest => _folder.File("c-json.log");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entries_behind_a_moment_are_read_through_all_files_until_it_is_quiet()
    {
        Write(Newest + ".2", 0, 1000);
        Write(Newest + ".1", 1000, 2000);
        Write(Newest, 2000, 3000);

        var reading = ReadAsync(Began.AddSeconds(499));
        await QuietAsync(reading);

        Assert.Equal(Enumerable.Range(500, 2500).Select(i => $"line {i} \"é\"\n"), await reading);
    }

    [Fact]
    public async Task What_is_rotated_away_while_it_is_read_is_read_to_its_end()
    {
        Write(Newest, 0, 100);
        var lines = new List<string>();
        await using var chunks = new JsonLogFiles(Newest, _time).ReadAsync(Began.AddSeconds(-1), Ct).GetAsyncEnumerator(Ct);
        for (int i = 0; i < 100; i++)
            await NextAsync();
        var next = NextAsync();

        Write(Newest, 100, 110);
        File.Move(Newest, Newest + ".1");
        Write(Newest, 110, 120);
        File.Move(Newest + ".1", Newest + ".2");
        File.Move(Newest, Newest + ".1");
        Write(Newest, 120, 130);
        await QuietAsync(next, TimeSpan.FromMilliseconds(20));
        while (lines.Count < 130)
            await NextAsync();

        Assert.Equal(Enumerable.Range(0, 130).Select(i => $"line {i} \"é\"\n"), lines);

        async Task NextAsync()
        {
            Assert.True(await chunks.MoveNextAsync());
            lines.Add(Encoding.UTF8.GetString(chunks.Current.Bytes.Span));
        }
    }

    [Fact]
    public async Task Streams_pieces_and_strange_lines_are_told_apart()
    {
        File.WriteAllText(Newest, """
            {"log":"out","stream":"stdout","time":"2024-01-15T10:00:01.123456789Z"}
            no JSON
            {"log":"\u0000\u001b err\n","stream":"stderr","time":"2024-01-15T10:00:02Z"}

            """);

        var files = new JsonLogFiles(Newest, _time);
        Assert.True(files.CanRead);
        Assert.False(new JsonLogFiles(_folder.File("none/c-json.log"), _time).CanRead);
        var chunks = new List<LogChunk>();
        await foreach (var chunk in files.ReadAsync(Began, Ct))
        {
            chunks.Add(chunk);
            if (chunks.Count == 2)
                break;
        }

        Assert.Equal([(LogStream.Stdout, "out"), (LogStream.Stderr, "\0\e err\n")], chunks.Select(c => (c.Stream, Encoding.UTF8.GetString(c.Bytes.Span))));
        Assert.Equal(DateTimeOffset.Parse("2024-01-15T10:00:01.1234567Z", CultureInfo.InvariantCulture), chunks[0].Time);
    }

    private async Task<List<string>> ReadAsync(DateTimeOffset last)
    {
        var lines = new List<string>();
        await foreach (var chunk in new JsonLogFiles(Newest, _time).ReadAsync(last, Ct))
            lines.Add(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return lines;
    }

    /// <summary>Lets the reader's waits pass until it has come to an end.</summary>
    private async Task QuietAsync(Task reading, TimeSpan? step = null)
    {
        while (!reading.IsCompleted)
        {
            await Task.WhenAny(reading, _time.WaitForTimersAsync(1, Ct));
            _time.Advance(step ?? TimeSpan.FromMilliseconds(100));
        }
        await reading;
    }

    private static void Write(string file, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            var entry = new { log = $"line {i} \"é\"\n", stream = "stdout", time = Began.AddSeconds(i).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture) };
            File.AppendAllText(file, JsonSerializer.Serialize(entry) + "\n");
        }
    }
}
