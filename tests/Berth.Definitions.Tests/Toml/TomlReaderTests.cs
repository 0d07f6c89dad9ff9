using System.Text;
using System.Text.Json.Nodes;
using Berth.Definitions.Toml;

namespace Berth.Definitions.Tests.Toml;

public sealed class TomlReaderTests
{
    public static TheoryData<string> Valid => Golden("valid");

    public static TheoryData<string> Invalid => Golden("invalid");

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_file_is_read_as_the_JSON_beside_it_says(string name)
    {
        var path = GoldenCases.Own($"toml/valid/{name}");
        var document = TomlReader.Read(name, File.ReadAllBytes(path + ".toml"), new DefinitionLimits());
        Assert.Empty(document.Diagnostics);
        Assert.Null(TaggedJson.Difference(JsonNode.Parse(File.ReadAllText(path + ".json"))!, document.Root));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_file_is_told_the_mistakes_that_the_list_beside_it_names(string name)
    {
        var path = GoldenCases.Own($"toml/invalid/{name}");
        var document = TomlReader.Read(name, File.ReadAllBytes(path + ".toml"), new DefinitionLimits());
        Assert.Equal(File.ReadAllLines(path + ".expect"), document.Diagnostics.Select(d => $"{d.Code} {d.Line}:{d.Column}"));
    }

    [Fact]
    public void Keys_and_values_know_where_they_stand()
    {
        var document = Read("a = 1\n[services.web]\n  port = 8000\n");
        var source = document.Source!;
        var services = document.Root.Find("services")!;
        var port = ((TomlTable)((TomlTable)services.Value).Find("web")!.Value).Find("port")!;
        Assert.Equal((2, 2), (source.LineOf(services.KeyOffset), source.ColumnOf(services.KeyOffset)));
        Assert.Equal((3, 3), (source.LineOf(port.KeyOffset), source.ColumnOf(port.KeyOffset)));
        Assert.Equal((3, 10), (source.LineOf(port.Value.Offset), source.ColumnOf(port.Value.Offset)));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a=", "}")]
    public void Nesting_past_the_limit_is_refused_and_does_not_exhaust_the_stack(string open, string close)
    {
        Assert.Empty(Read("a = " + Repeat(open, 99) + "1" + Repeat(close, 99)).Diagnostics);
        var document = Read("a = " + Repeat(open, 100_000) + "1" + Repeat(close, 100_000));
        Assert.Equal(["toml-too-deep"], document.Diagnostics.Select(d => d.Code));
    }

    [Fact]
    public void A_dotted_key_with_too_many_parts_is_refused()
    {
        Assert.Equal(["toml-too-deep"], Read(string.Join('.', Enumerable.Repeat("a", 101)) + " = 1").Diagnostics.Select(d => d.Code));
    }

    /// <summary>Each of these would take an hour if time grew with the square of the size.</summary>
    [Theory]
    [InlineData("a = [", "1,", "]")]
    [InlineData("a = \"", "x\\n", "\"")]
    [InlineData("a = '''", "'' ", "'''")]
    [InlineData("a = \"\"\"", "\\\n", "\"\"\"")]
    [InlineData("", "[[a]]\n", "")]
    [InlineData("", "\n\r\n", "")]
    [InlineData("a = 0.", "1", "")]
    [InlineData("a = {b = [", "{},", "]}")]
    public void A_file_of_the_largest_size_is_read(string begin, string middle, string end)
    {
        const int Size = 2 * 1024 * 1024;
        var text = begin + Repeat(middle, (Size - 100) / middle.Length) + end;
        var document = TomlReader.Read("app.toml", Encoding.UTF8.GetBytes(text), new DefinitionLimits { MaxFileBytes = Size, MaxTomlValues = Size });
        Assert.Empty(document.Diagnostics);
    }

    [Fact]
    public void A_message_shows_the_line_cut_and_without_control_characters()
    {
        var problem = Assert.Single(Read("a = \u001b[2J" + new string('x', 500)).Diagnostics);
        Assert.StartsWith("a = ␛[2J", problem.SourceLine, StringComparison.Ordinal);
        Assert.Equal(200, problem.SourceLine!.Length);
        Assert.DoesNotContain('\u001b', problem.Message + problem.Hint);
    }

    private static TomlDocument Read(string text) => TomlReader.Read("app.toml", Encoding.UTF8.GetBytes(text), new DefinitionLimits());

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static TheoryData<string> Golden(string kind) =>
        [.. Directory.EnumerateFiles(GoldenCases.Own($"toml/{kind}"), "*.toml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];
}
