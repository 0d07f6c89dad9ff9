using System.Text;
using Berth.Definitions.Procfile;
using Berth.Model;

namespace Berth.Definitions.Tests.Procfile;

public sealed class ProcfileReaderTests
{
    [Fact]
    public void Entries_keep_their_order_lines_and_commands_as_written()
    {
        var content = Read("# ours\n\nweb: bundle exec rails server -p $PORT\n\tworker-2: x", strict: false);
        Assert.Equal(["procfile-indented"], Codes(content));

        content = Read("# ours\n\nweb: bundle exec rails server -p $PORT#a\nworker_2: run && a \"b\"\nclock:\tx");
        Assert.Equal(
            [new("web", "bundle exec rails server -p $PORT#a", 3), new("worker_2", "run && a \"b\"", 4), new("clock", "x", 5)],
            content.Services);
        Assert.Null(content.Release);
    }

    [Theory]
    [InlineData("web: x\r\nworker: y\r\n")]
    [InlineData("\uFEFFweb: x\nworker: y")]
    [InlineData("web:\tx \t\nworker:   y  \n\n \t\n")]
    [InlineData("  # indented comment\nweb: x\n#web: z\nworker: y")]
    public void CRLF_a_byte_order_mark_tabs_and_trailing_blanks_change_nothing(string text)
    {
        var content = Read(text);
        Assert.Equal([("web", "x"), ("worker", "y")], content.Services.Select(entry => (entry.Name, entry.Command)));
    }

    [Fact]
    public void Release_is_the_release_phase_and_no_service()
    {
        var content = Read("release: rake db:migrate\nweb: x");
        Assert.Equal("rake db:migrate", content.Release?.Command);
        Assert.Equal(["web"], content.Services.Select(entry => entry.Name));
    }

    [Fact]
    public void All_mistakes_of_a_file_are_told_at_once_with_their_places()
    {
        var content = Read("web: x\nnot an entry\nworker:   \nweb: y\n  clock: z\nurgent : z\nheroku ps:scale web=1\nwéb: a\nWEB: b", strict: false);
        Assert.Equal(
            [
                ("procfile-bad-line", 2, 1), ("procfile-empty-command", 3, 8), ("procfile-duplicate", 4, 1), ("procfile-indented", 5, 3),
                ("procfile-blank-before-colon", 6, 7), ("procfile-bad-line", 7, 1), ("procfile-bad-name", 8, 1), ("procfile-duplicate", 9, 1),
            ],
            content.Diagnostics.Select(d => (d.Code, d.Line, d.Column)));
        Assert.All(content.Diagnostics, d => Assert.NotNull(d.Hint));
        Assert.Equal("not an entry", content.Diagnostics[0].SourceLine);
        Assert.Contains("line 1", content.Diagnostics[2].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web: node x.js # the site", "node x.js # the site", "procfile-inline-comment", 16)]
    [InlineData("web: node x.js // the site", "node x.js // the site", "procfile-inline-comment", 16)]
    [InlineData("web::gunicorn app", ":gunicorn app", "procfile-no-blank procfile-two-colons", 5)]
    [InlineData("web: :gunicorn app", ":gunicorn app", "procfile-two-colons", 6)]
    [InlineData("web:gunicorn app", "gunicorn app", "procfile-no-blank", 5)]
    [InlineData("web: \"gunicorn app\"", "\"gunicorn app\"", "procfile-quoted-command", 6)]
    [InlineData("web: 'gunicorn app'", "'gunicorn app'", "procfile-quoted-command", 6)]
    [InlineData("web: gunicorn \\", "gunicorn \\", "procfile-backslash", 15)]
    public void What_others_read_otherwise_is_accepted_with_a_warning(string text, string command, string codes, int column)
    {
        var content = Read(text, strict: false);
        Assert.Equal(command, Assert.Single(content.Services).Command);
        Assert.Equal(codes.Split(' '), Codes(content));
        Assert.All(content.Diagnostics, d => Assert.Equal((Severity.Warning, 1, column), (d.Severity, d.Line, d.Column)));
    }

    [Theory]
    [InlineData("\"$CMD\"")]
    [InlineData("'a b' 'c d'")]
    [InlineData("curl http://x//y#z")]
    [InlineData("echo \\\\ x")]
    [InlineData("echo a: b")]
    public void Quotes_slashes_and_colons_that_mean_the_same_everywhere_get_none(string command) => Assert.Equal(command, Assert.Single(Read("web: " + command).Services).Command);

    [Theory]
    [InlineData("", 1)]
    [InlineData("\n# nothing\n", 1)]
    [InlineData("\n\nrelease: migrate", 3)]
    public void A_file_without_a_service_is_an_error(string text, int line)
    {
        var problem = Assert.Single(Read(text, strict: false).Diagnostics);
        Assert.Equal(("procfile-no-service", line, 1), (problem.Code, problem.Line, problem.Column));
    }

    [Fact]
    public void The_column_of_a_bad_byte_counts_characters()
    {
        byte[] bytes = [.. "web: x\nworker: äö"u8, 0xFF, .. " y"u8];
        var problem = Assert.Single(ProcfileReader.Read("Procfile", bytes, new DefinitionLimits()).Diagnostics);
        Assert.Equal(("not-utf8", 2, 11), (problem.Code, problem.Line, problem.Column));
    }

    [Fact]
    public void UTF_16_text_is_told_apart_from_damaged_UTF_8()
    {
        var bytes = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("web: x")).ToArray();
        var problem = Assert.Single(ProcfileReader.Read("Procfile", bytes, new DefinitionLimits()).Diagnostics);
        Assert.Equal("not-utf8", problem.Code);
        Assert.Contains("UTF-16", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web: a\0b", 7)]
    [InlineData("web: a\rb", 7)]
    [InlineData("web: \u001b[31m", 6)]
    public void A_control_character_in_a_command_is_an_error_and_is_not_sent_to_the_terminal(string text, int column)
    {
        var problem = Assert.Single(Read(text, strict: false).Diagnostics);
        Assert.Equal(("procfile-control-character", column), (problem.Code, problem.Column));
        Assert.DoesNotContain(problem.ToString() + problem.SourceLine, char.IsControl);
    }

    [Fact]
    public void The_marks_of_a_merge_conflict_are_named_as_such()
    {
        var content = Read("<<<<<<< HEAD\nweb: a\n=======\nweb: b\n>>>>>>> topic\n", strict: false);
        Assert.Equal(4, content.Diagnostics.Count);
        Assert.Contains("merge conflict", content.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_64_characters_is_too_long()
    {
        Assert.Equal(["procfile-bad-name"], Codes(Read(new string('a', 64) + ": x", strict: false)));
        Assert.Empty(Codes(Read(new string('a', 63) + ": x")));
    }

    [Fact]
    public void A_file_past_the_limits_is_refused_in_few_words()
    {
        var content = ProcfileReader.Read("Procfile", new byte[11], new DefinitionLimits { MaxFileBytes = 10 });
        Assert.Equal(["file-too-large"], Codes(content));

        content = ProcfileReader.Read("Procfile", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x\n", 1000))), new DefinitionLimits { MaxDiagnostics = 5 });
        Assert.Equal(6, content.Diagnostics.Count);
        Assert.Contains("995", content.Diagnostics[^1].Message, StringComparison.Ordinal);
    }

    private static ProcfileContent Read(string text, bool strict = true)
    {
        var content = ProcfileReader.Read("Procfile", Encoding.UTF8.GetBytes(text), new DefinitionLimits());
        if (strict)
            Assert.Empty(content.Diagnostics);
        return content;
    }

    private static IEnumerable<string> Codes(ProcfileContent content) => content.Diagnostics.Select(d => d.Code);
}
