using System.Text.Json.Nodes;
using Berth.Definitions.Toml;
using Berth.Model;

namespace Berth.Definitions.Tests.Toml;

/// <summary>The public TOML test suite: every file of its list for TOML 1.0.0.</summary>
public sealed class TomlSuiteTests
{
    private const string Folder = "cases/toml";

    public static TheoryData<string> Valid => Listed("valid/");

    public static TheoryData<string> Invalid => Listed("invalid/");

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_file_is_read_as_the_suite_says(string file)
    {
        var tests = Path.Combine(GoldenCases.Require(Folder), "tests");
        var document = TomlReader.Read(file, File.ReadAllBytes(Path.Combine(tests, file)), new DefinitionLimits());
        Assert.Empty(document.Diagnostics);
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(tests, Path.ChangeExtension(file, ".json"))))!;
        Assert.Null(TaggedJson.Difference(expected, document.Root));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_file_is_refused_with_a_place_inside_it(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(GoldenCases.Require(Folder), "tests", file));
        var document = TomlReader.Read(file, bytes, new DefinitionLimits());
        Assert.False(document.IsValid);
        Assert.All(document.Diagnostics, d =>
        {
            Assert.NotEmpty(d.Message);
            Assert.NotNull(d.Hint);
            Assert.Equal(Severity.Error, d.Severity);
            Assert.True(d.Code == "not-utf8" || d is { Line: > 0, Column: > 0, SourceLine: not null }, d.ToString());
        });
    }

    private static TheoryData<string> Listed(string kind)
    {
        var folder = GoldenCases.Find(Folder);
        if (folder is null)
            return [GoldenCases.Absent];
        return [.. File.ReadLines(Path.Combine(folder, "files-toml-1.0.0"))
            .Where(line => line.StartsWith(kind, StringComparison.Ordinal) && line.EndsWith(".toml", StringComparison.Ordinal))];
    }
}
