using System.Text.RegularExpressions;

namespace Berth.Definitions.Tests.AppToml;

/// <summary>docs/definitions.md names the keys that the reader knows, and no others.</summary>
public sealed partial class ReferencePageTests
{
    private static readonly string[] Page = File.ReadAllLines(GoldenCases.InRepository("docs/definitions.md"));

    [Theory]
    [InlineData("### Top level", "nothing_known = 1")]
    [InlineData("### `[[env]]`, `[[services.NAME.env]]`", "[[env]]\nkey = \"A\"\nvalue = \"\"\nnothing_known = 1")]
    [InlineData("### `[services.NAME]`", "[services.web]\nnothing_known = 1")]
    [InlineData("### `[services.NAME.concurrency]`", "[services.web.concurrency]\nnothing_known = 1")]
    [InlineData("### `[services.NAME.health]`", "[services.web.health]\ntype = \"port\"\nnothing_known = 1")]
    [InlineData("### `[[services.NAME.disks]]`", "[[services.db.disks]]\nname = \"a\"\nmount_path = \"/a\"\nnothing_known = 1")]
    [InlineData("### `[[services.NAME.sidecars]]`", "[[services.web.sidecars]]\nname = \"a\"\ncommand = \"x\"\nnothing_known = 1")]
    [InlineData("### `[[services.NAME.ports]]`", "[[services.web.ports]]\nport = 80\nname = \"a\"\nnothing_known = 1")]
    [InlineData("### `[tasks.NAME]`", "[tasks.migrate]\ncommand = \"x\"\ntrigger = \"deploy\"\nnothing_known = 1")]
    [InlineData("### `[build]`", "[build]\nnothing_known = 1")]
    public void Each_table_of_keys_is_that_of_the_reader(string heading, string appToml)
    {
        var problem = Assert.Single(DefinitionFixture.Read(appToml: appToml).Diagnostics, d => d.Code == "unknown-key");
        var known = problem.Hint!["known here are ".Length..].Split(", ");
        var documented = Section(heading).Select(line => FirstKey().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);
        Assert.Equal(known.Order(), documented.Order());
    }

    [Fact]
    public void Each_key_that_is_said_to_be_refused_is_refused()
    {
        var rows = Section("### Known, but not carried out").Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.Equal(6, rows.Count);
        foreach (var row in rows)
        {
            var cells = row.Split('|');
            foreach (Match key in Code().Matches(cells[2]))
            {
                var table = cells[1].Trim(' ', '`') switch
                {
                    "top level" => "",
                    "env" => "[[env]]\nkey = \"A\"\nvalue = \"\"\n",
                    "services.NAME" => "[services.web]\n",
                    "disks" => "[[services.db.disks]]\nname = \"a\"\nmount_path = \"/a\"\n",
                    "sidecars" => "[[services.web.sidecars]]\nname = \"a\"\ncommand = \"x\"\n",
                    _ => "[build]\n",
                };
                var problems = DefinitionFixture.Read(appToml: $"{table}{key.Groups[1].Value} = 1").Diagnostics;
                Assert.Contains("not-carried-out", problems.Select(d => d.Code));
            }
        }
    }

    private static IEnumerable<string> Section(string heading)
    {
        Assert.Contains(heading, Page);
        return Page.SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith('#'));
    }

    [GeneratedRegex("^\\| `([a-z_]+)` \\|")]
    private static partial Regex FirstKey();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Code();
}
