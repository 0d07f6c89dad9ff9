using System.Text.Json.Nodes;
using Berth.Definitions.Procfile;
using Berth.Model;

namespace Berth.Definitions.Tests.Procfile;

/// <summary>Procfiles from public repositories, with the services that foreman's rule finds in them.</summary>
public sealed class SharedProcfileTests
{
    private const string Folder = "cases/procfile";

    public static TheoryData<string> Cases
    {
        get
        {
            var folder = GoldenCases.Find(Folder);
            return folder is null
                ? [GoldenCases.Absent]
                : [.. Directory.EnumerateFiles(folder, "*.Procfile").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_declares_what_foreman_finds_or_is_refused_for_what_foreman_overlooks(string name)
    {
        var path = Path.Combine(GoldenCases.Require(Folder), name);
        var bytes = File.ReadAllBytes(path + ".Procfile");
        var expected = JsonNode.Parse(File.ReadAllText(path + ".expect.json"))!;
        var content = ProcfileReader.Read("Procfile", bytes, new DefinitionLimits());
        var declared = content.Services.Select(entry => (entry.Name, entry.Command)).ToList();
        if (content.Release is not null)
            declared.Add((content.Release.Name, content.Release.Command));

        // Read on its own, by the plainest means: each line that counts is an entry, a comment or blank, and no name comes twice.
        var lines = System.Text.Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd()).ToList();
        var entries = lines.Select(line => System.Text.RegularExpressions.Regex.Match(line, @"^([A-Za-z0-9_-]{1,63}):\s*(\S.*)$")).Where(m => m.Success).ToList();
        bool wellFormed = entries.Count + lines.Count(line => line.Length == 0 || line.TrimStart().StartsWith('#')) == lines.Count
            && entries.DistinctBy(m => m.Groups[1].Value.ToUpperInvariant()).Count() == entries.Count
            && entries.Any(m => m.Groups[1].Value != "release");

        Assert.Equal(wellFormed, content.Diagnostics.All(d => d.Severity == Severity.Warning));
        if (wellFormed)
            Assert.Equal(Reference(expected).Order(), declared.Order());
        Assert.All(content.Diagnostics, d => Assert.True(d is { File: "Procfile", Line: > 0, Column: > 0, Hint: not null, SourceLine: not null }, d.ToString()));
    }

    [Fact]
    public void Few_of_the_files_that_are_accepted_get_a_warning()
    {
        var folder = GoldenCases.Require(Folder);
        var accepted = Directory.EnumerateFiles(folder, "*.Procfile")
            .Select(path => ProcfileReader.Read("Procfile", File.ReadAllBytes(path), new DefinitionLimits()))
            .Where(content => content.Diagnostics.All(d => d.Severity == Severity.Warning)).ToList();
        var warned = accepted.Where(content => content.Diagnostics.Count > 0).ToList();
        Assert.NotEmpty(warned);
        Assert.InRange(warned.Count * 20, 1, accepted.Count);
        TestContext.Current.SendDiagnosticMessage("{0} of {1} accepted files get a warning: {2}",
            warned.Count, accepted.Count, string.Join(", ", warned.SelectMany(content => content.Diagnostics).CountBy(d => d.Code)));
    }

    private static IEnumerable<(string Name, string Command)> Reference(JsonNode expected) =>
        expected["services"]!.AsObject().Select(pair => (pair.Key, pair.Value!.GetValue<string>()));
}
