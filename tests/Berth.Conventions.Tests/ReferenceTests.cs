using System.Xml.Linq;

namespace Berth.Conventions.Tests;

/// <summary>The house's plan: who may know whom. A reference that is not named here is a mistake, or a decision to be written down.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Berth.Model"] = [],
        ["Berth.Contracts"] = [],
        ["Berth.Definitions"] = ["Berth.Model"],
        ["Berth.Planning"] = ["Berth.Model"],
        ["Berth.Engines"] = ["Berth.Model"],
        ["Berth.Builds"] = ["Berth.Model", "Berth.Definitions"],
        ["Berth.Router"] = ["Berth.Model"],
        ["Berth.Control"] = ["Berth.Model", "Berth.Definitions", "Berth.Planning", "Berth.Engines", "Berth.Builds"],
        ["Berth.Server"] = ["Berth.Control", "Berth.Contracts", "Berth.Definitions", "Berth.Engines", "Berth.Builds", "Berth.Model", "Berth.Planning"],
        ["Berth.Cli"] = ["Berth.Builds", "Berth.Contracts", "Berth.Definitions", "Berth.Engines", "Berth.Model"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_room_refers_only_to_rooms_before_it(string project)
    {
        var references = XDocument.Load(Tree.File("src", project, project + ".csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void Every_room_is_in_the_plan_and_says_what_lives_there()
    {
        var rooms = Directory.GetDirectories(Tree.File("src")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), rooms);
        Assert.Empty(rooms.Where(r => !File.Exists(Tree.File("src", r, "README.md"))));
    }

    [Fact]
    public void Model_and_Planning_use_no_package_and_do_no_input_or_output()
    {
        string[] forbidden = ["System.IO", "System.Net.Http", "System.Net.Sockets", "System.Diagnostics.Process", "File.", "TimeProvider"];
        foreach (var project in new[] { "Berth.Model", "Berth.Planning" })
        {
            Assert.Empty(XDocument.Load(Tree.File("src", project, project + ".csproj")).Descendants("PackageReference"));
            foreach (var file in Tree.Sources(Path.Combine("src", project)))
                Assert.DoesNotContain(forbidden, word => Code.WithoutComments(File.ReadAllText(file)).Contains(word, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Core")]
    [InlineData("Common")]
    [InlineData("Utils")]
    [InlineData("Helpers")]
    [InlineData("Managers")]
    public void No_room_and_no_folder_is_a_lumber_room(string name) =>
        Assert.DoesNotContain(Directory.EnumerateDirectories(Tree.File("src"), "*", SearchOption.AllDirectories).Where(d => !Tree.IsBuilt(d)),
            d => Path.GetFileName(d) == name || d.EndsWith("." + name, StringComparison.Ordinal));
}
