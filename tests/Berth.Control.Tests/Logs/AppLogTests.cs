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

    private LogStore Open() => new(new ControlOptions { StateFolder = _folder.Path }, new Redaction(_ => []), _time);

    private LogRecord Line(string text) => new(_time.GetUtcNow(), 'S', "web", "s1", text);
}
