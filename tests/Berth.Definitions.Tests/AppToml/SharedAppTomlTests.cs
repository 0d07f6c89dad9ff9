using System.Text;
using System.Text.Json.Nodes;
using Berth.Model;

namespace Berth.Definitions.Tests.AppToml;

/// <summary>app.toml texts that others wrote: those of the reference page, and those of public repositories and their tests.</summary>
public sealed class SharedAppTomlTests
{
    private const string Folder = "cases/apptoml";
    private const string ReferencePage = "reference/miren-services.md";

    /// <summary>
    /// What Berth refuses although the file is right by its schema: keys and things that it does not carry out, and a file alone that says
    /// web = false and nothing else.
    /// </summary>
    private static readonly string[] NotCarriedOut = ["not-carried-out", "no-service"];

    /// <summary>There the mode has to be written; here it is the default of every service but web (docs/definitions.md).</summary>
    private const string WrittenMode = "disks can only be attached to services with fixed concurrency mode";

    public static TheoryData<string> Cases
    {
        get
        {
            var folder = GoldenCases.Find(Folder);
            return folder is null
                ? [GoldenCases.Absent]
                : [.. Directory.EnumerateFiles(folder, "*.toml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void Every_example_of_the_reference_page_is_accepted()
    {
        var blocks = TomlBlocks(File.ReadAllLines(GoldenCases.Require(ReferencePage))).ToList();
        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
            Assert.Empty(DefinitionFixture.Read(appToml: block).Diagnostics);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_text_is_accepted_or_refused_as_by_its_newest_schema(string file)
    {
        var path = Path.Combine(GoldenCases.Require(Folder), file);
        var expected = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(path, ".expect.json")))!;
        var result = DefinitionFixture.Read(appToml: File.ReadAllText(path));
        // The newest version decides: the older one read over unknown keys.
        var newest = expected["outcome"]!.AsObject().Last().Value!;
        if (!newest["accepted"]!.GetValue<bool>())
        {
            if (result.Definition is { } lenient && newest["error"]!.GetValue<string>().Contains(WrittenMode, StringComparison.Ordinal))
            {
                Assert.All(lenient.Services.Where(s => s.Disks.Count > 0), s => Assert.Equal((ScalingMode.Fixed, 1), (s.Scaling.Mode, s.Scaling.Instances)));
                return;
            }
            Assert.Null(result.Definition);
            return;
        }
        Assert.All(result.Diagnostics.Where(d => d.Severity == Severity.Error), d => Assert.Contains(d.Code, NotCarriedOut));
        if (result.Definition is null)
            return;
        foreach (var (name, service) in expected["services"]?.AsObject() ?? [])
        {
            var found = Assert.Single(result.Definition.Services, s => s.Name == name);
            Assert.Equal(service!["command"]?.GetValue<string>() ?? "", found.Command ?? "");
            Assert.Equal(service["image"]?.GetValue<string>() ?? "", found.Image ?? "");
        }
    }

    private static IEnumerable<string> TomlBlocks(IEnumerable<string> markdown)
    {
        StringBuilder? block = null;
        foreach (var line in markdown)
        {
            if (line == "```toml")
            {
                block = new StringBuilder();
            }
            else if (line == "```" && block is not null)
            {
                yield return block.ToString();
                block = null;
            }
            else
            {
                block?.Append(line).Append('\n');
            }
        }
    }
}
