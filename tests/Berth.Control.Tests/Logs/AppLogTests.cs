using System.Text;
using Berth.Control.Logs;
using Berth.Control.Secrets;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Logs;

public sealed class AppLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Half_a_line_that_a_kill_left_is_cut_off_and_swallows_nothing()
    {
        using (var before = Open())
            before.Append("demo", [Line("one"), Line("two")]);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "logs", "demo")));
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^2]);

        using var after = Open();
        Assert.Equal(["one"], await after.LastLinesAsync("demo", "s1", 10, Ct));
        after.Append("demo", [Line("three")]);

        Assert.Equal(["one", "three"], await after.LastLinesAsync("demo", "s1", 10, Ct));
    }

    [Fact]
    public async Task A_follower_gets_every_line_once_while_others_write()
    {
        const int count = 3000;
        using var log = Open();
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < count; i++)
                log.Append("demo", [Line($"{i}")]);
        }, Ct);

        var seen = new List<string>();
        await foreach (var record in log.ReadAsync("demo", new LogQuery { Follow = true }, Ct))
        {
            seen.Add(record.Text);
            if (seen.Count == count)
                break;
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), seen);
    }

    [Fact]
    public async Task Hostile_lines_are_stored_as_they_are_within_bounds_and_nothing_after_them_is_lost()
    {
        using var log = Open();
        var bytes = new List<byte>();
        string[] texts = ["\0\0", "\e]0;owned\a\e[2J", "\u202etxt.exe", "   ", "", "a\rb\vc\u0085d\u2028e", "😀" + new string('é', 1000)];
        foreach (var text in texts)
            bytes.AddRange(Encoding.UTF8.GetBytes(text + "\n"));
        bytes.AddRange([0xC3, 0x28, 0xFF, (byte)'\n']);
        bytes.AddRange(Enumerable.Repeat((byte)0xFF, 10 << 20));
        bytes.AddRange("\nafter\n"u8);
        var lines = new List<LogRecord>();
        var assembler = new LineAssembler('S', "web", "s1", new ControlOptions { StateFolder = "" }.LogLineBytes);
        foreach (var chunk in bytes.Chunk(16 * 1024))
            assembler.Add(new LogChunk(LogStream.Stdout, _time.GetUtcNow(), chunk), lines);

        log.Append("demo", lines);

        var stored = await log.LastLinesAsync("demo", "s1", 100, Ct);
        Assert.Equal([.. texts.Select(t => t.Replace('\r', ' ')), "\uFFFD(\uFFFD", new string('\uFFFD', 64 * 1024) + " [cut after 65536 bytes]", "after"], stored);
        using var again = Open();
        Assert.Equal(stored, await again.LastLinesAsync("demo", "s1", 100, Ct));
    }

    [Fact]
    public async Task A_search_finds_the_same_lines_whether_or_not_it_knows_what_to_look_for()
    {
        using var log = Open();
        // Several blocks, so that lines lie across their borders; what is looked for stands in names as well.
        for (int batch = 0; batch < 20; batch++)
            log.Append("demo", [.. Enumerable.Range(0, 1000).Select(i => Line($"request {batch * 1000 + i} {(i % 100 == 7 ? "WEB failure ÄÖ" : "ok")} {new string('x', i % 50)}"))]);

        Assert.Equal(200, (await FoundAsync(log, "failure")).Count);
        Assert.Equal(await FoundAsync(log, "/WEB fail/"), await FoundAsync(log, "web"));
        Assert.Equal(await FoundAsync(log, "/failure/"), await FoundAsync(log, "äö"));
        Assert.Equal(["request 19907 WEB failure ÄÖ " + new string('x', 7)], await FoundAsync(log, "failure", lines: 1));
        Assert.Empty(await FoundAsync(log, "nowhere"));
        Assert.Equal(20_000, (await FoundAsync(log, "")).Count);
    }

    [Fact]
    public void Who_has_read_up_to_a_position_goes_on_there_also_after_a_restart()
    {
        LogPosition read;
        using (var before = Open())
        {
            before.Append("demo", [Line("one")]);
            read = before.Of("demo").Since(default).End;
            before.Append("demo", [Line("two"), Line("three")]);
        }
        using var after = Open();
        after.Append("demo", [Line("four")]);

        var (lines, next) = after.Of("demo").ReadBlock(read);

        Assert.Equal(["two", "three", "four"], lines.Select(l => l.Text));
        Assert.Empty(after.Of("demo").ReadBlock(next).Lines);
        // 31 bytes, 33 and 32.
        var (skipped, behind) = after.Of("demo").Skip(read, 70);
        Assert.Equal(2, skipped);
        Assert.Equal("four", Assert.Single(after.Of("demo").ReadBlock(behind).Lines).Text);
    }

    [Fact]
    public void Lines_are_put_together_from_parts_and_cut_where_they_are_too_long()
    {
        var lines = new List<LogRecord>();
        var assembler = new LineAssembler('S', "web", "s1", maxBytes: 10);

        foreach (var part in new[] { "a", "b\r\n", "\n", new string('x', 10 << 20), "more\n", "after\nleft" })
            assembler.Add(new LogChunk(LogStream.Stdout, _time.GetUtcNow(), Encoding.UTF8.GetBytes(part)), lines);
        assembler.Add(new LogChunk(LogStream.Stdout, _time.GetUtcNow(), new byte[] { 0xFF, (byte)'!' }), lines);
        assembler.End(lines);

        Assert.Equal(["ab", "", "xxxxxxxxxx [cut after 10 bytes]", "after", "left\uFFFD!"], lines.Select(l => l.Text));
    }

    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("get 200", "GET / 200", true)]
    [InlineData("get 404", "GET / 200", false)]
    [InlineData("-get", "GET / 200", false)]
    [InlineData("\"/ 200\"", "GET / 200", true)]
    [InlineData("/GET.*[0-9]{3}$/", "GET / 200", true)]
    [InlineData("-/GET/ 200", "POST / 200", true)]
    [InlineData("a - b", "a - b", true)]
    [InlineData("-", "no dash", false)]
    public void A_filter_takes_words_phrases_expressions_and_their_opposites(string filter, string line, bool matches)
    {
        Assert.True(LogFilter.TryParse(filter, out var parsed, out _));
        Assert.Equal(matches, parsed.Matches(line));
    }

    [Theory]
    [InlineData("\"open", "no closing \"")]
    [InlineData("/open", "no closing /")]
    [InlineData("/(/", "no regular expression")]
    [InlineData("/(a)\\1/", "no regular expression")]
    public void A_filter_that_is_none_is_told_with_the_reason(string filter, string reason)
    {
        Assert.False(LogFilter.TryParse(filter, out _, out var problem));
        Assert.Contains(reason, problem);
    }

    private static async Task<List<string>> FoundAsync(LogStore log, string filter, int? lines = null)
    {
        Assert.True(LogFilter.TryParse(filter, out var parsed, out _));
        var found = new List<string>();
        await foreach (var record in log.ReadAsync("demo", new LogQuery { Filter = parsed, Lines = lines }, Ct))
            found.Add(record.Text);
        return found;
    }

    private LogStore Open() => new(new ControlOptions { StateFolder = _folder.Path }, Redaction.None, _time);

    private LogRecord Line(string text) => new(_time.GetUtcNow(), 'S', "web", "s1", text);
}
