using System.Globalization;
using System.Text;
using Berth.Definitions.AppToml;
using Berth.Definitions.Toml;
using Berth.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.Definitions.Tests.AppToml;

public sealed class EnvEditorTests
{
    private const string File = """
        # The shop.
        name = "shop" # not "store"

          [[env]]
          key   = 'MODE'   # how it runs
          value = 'fast'   # or "slow"

        [[env]]
        key = "EMPTY"
        required = true # set on the server

        # What runs.
        [services.web]
        command = "serve"
        """;

    [Fact]
    public void A_value_changes_in_its_place_and_keeps_its_quotes_and_comment()
    {
        Assert.Equal(File.Replace("'fast'", "'very fast'", StringComparison.Ordinal), Edit(File, ("MODE", "very fast")));
        Assert.Equal(File.Replace("'fast'", "\"it's \\\"so\\\"\\n\"", StringComparison.Ordinal), Edit(File, ("MODE", "it's \"so\"\n")));
    }

    [Fact]
    public void A_variable_without_a_value_gets_one_below_its_key() =>
        Assert.Equal(File.Replace("\"EMPTY\"\n", "\"EMPTY\"\nvalue = \"x\"\n", StringComparison.Ordinal), Edit(File, ("EMPTY", "x")));

    [Fact]
    public void A_new_variable_stands_behind_the_others() =>
        Assert.Equal(
            File.Replace("server\n", "server\n\n[[env]]\nkey = \"A\"\nvalue = \"1\"\n\n[[env]]\nkey = \"B\"\nvalue = \"2\"\n", StringComparison.Ordinal),
            Edit(File, ("A", "1"), ("B", "2")));

    [Theory]
    [InlineData("", "[[env]]\nkey = \"A\"\nvalue = \"1\"\n")]
    [InlineData("name = \"x\"", "name = \"x\"\n\n[[env]]\nkey = \"A\"\nvalue = \"1\"\n")]
    [InlineData("name = \"x\"\r\n", "name = \"x\"\r\n\r\n[[env]]\r\nkey = \"A\"\r\nvalue = \"1\"\r\n")]
    [InlineData("\uFEFFname = \"x\"\n", "\uFEFFname = \"x\"\n\n[[env]]\nkey = \"A\"\nvalue = \"1\"\n")]
    public void The_first_variable_comes_to_the_end_of_the_file_with_its_line_ends(string file, string edited)
    {
        Assert.Equal(edited, Edit(file, ("A", "1")));
        Assert.Equal(file.Length == 0 || file.EndsWith('\n') ? file : file + "\n", Unset(edited, "A"));
    }

    [Fact]
    public void A_variable_that_is_removed_takes_its_table_and_one_blank_line_along()
    {
        Assert.Equal(File.Replace("  [[env]]\n  key   = 'MODE'   # how it runs\n  value = 'fast'   # or \"slow\"\n\n", "", StringComparison.Ordinal), Unset(File, "MODE"));
        Assert.Equal("# The shop.\nname = \"shop\" # not \"store\"\n\n# What runs.\n[services.web]\ncommand = \"serve\"", Unset(File, "MODE", "EMPTY"));
        Assert.Equal("a = 1\n", Unset("a = 1\n\n[[env]]\nkey = \"A\"\n\n[[env]]\nkey = \"B\"\n", "A", "B"));
    }

    [Fact]
    public void Of_a_key_given_twice_the_one_that_counts_is_set_and_both_are_removed()
    {
        const string Twice = "[[env]]\nkey = \"A\"\nvalue = \"1\"\n[[env]]\nkey = \"A\"\nvalue = \"2\"\n";
        Assert.Equal(Twice.Replace("\"2\"", "\"3\"", StringComparison.Ordinal), Edit(Twice, ("A", "3")));
        Assert.Equal("", Unset(Twice, "A"));
    }

    [Fact]
    public void What_is_not_there_is_told_and_changes_nothing()
    {
        var edit = EnvEditor.Apply("app.toml", Encoding.UTF8.GetBytes(File), [], ["NONE"], new DefinitionLimits());
        Assert.Equal(["NONE"], edit.NotThere);
        Assert.Equal(File, Encoding.UTF8.GetString(edit.File!));
    }

    [Theory]
    [InlineData("env = [{ key = \"A\", value = \"1\" }]", "env-not-editable")]
    [InlineData("env = \"A=1\"", "env-not-editable")]
    [InlineData("[[env]]\nkey = \"A\"\n[services.web]\n[env.more]\nx = 1", "env-not-editable")]
    [InlineData("name = shop", "toml-bare-word")]
    public void A_file_that_cannot_be_changed_with_care_is_not_changed(string file, string code)
    {
        var edit = EnvEditor.Apply("app.toml", Encoding.UTF8.GetBytes(file), [new("A", "2")], [], new DefinitionLimits());
        Assert.Null(edit.File);
        Assert.Equal([code], edit.Diagnostics.Select(d => d.Code));
    }

    /// <summary>Any list of variables in any dress, then any change: the file says what it said with the change, and all other lines are the same.</summary>
    [Fact]
    public void After_any_edit_the_file_says_the_old_with_the_change_and_keeps_all_other_lines() => Prop.ForAll(Cases.ToArbitrary(), one =>
    {
        var file = (one.Mark ? "\uFEFF" : "") + "name = \"shop\" # mine\n" + string.Concat(one.Variables.Select(Write));
        if (one.Crlf)
            file = file.Replace("\n", "\r\n", StringComparison.Ordinal);
        var changes = one.Changes.DistinctBy(change => change.Key).ToList();
        var set = changes.Where(change => change.Value is not null).Select(change => new EnvVar(change.Key, change.Value!)).ToList();
        var unset = changes.Where(change => change.Value is null).Select(change => change.Key).ToList();

        var edit = EnvEditor.Apply("app.toml", Encoding.UTF8.GetBytes(file), set, unset, new DefinitionLimits());
        var edited = Encoding.UTF8.GetString(edit.File!);

        Assert.Equal(
            EnvVars.Merge([.. Variables(file).Where(variable => !unset.Contains(variable.Key))], set).OrderBy(v => v.Key),
            Variables(edited).OrderBy(v => v.Key));
        var others = Others(file).ToList();
        Assert.Equal(others, Others(edited));
        if (set.Count == 0 && edit.NotThere.Count == unset.Count)
            Assert.Equal(file, edited);
        Assert.Equal(one.Crlf ? edited.Count(c => c == '\n') : 0, edited.Count(c => c == '\r'));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    private sealed record Variable(string Key, string Value, string Before, string Style);

    private sealed record Change(string Key, string? Value);

    private sealed record Case(IReadOnlyList<Variable> Variables, IReadOnlyList<Change> Changes, bool Crlf, bool Mark);

    private static Gen<Case> Cases
    {
        get
        {
            var keys = Gen.Elements("A", "B", "C", "D");
            var values = Gen.Elements("", "x", "it's", "a \"b\" \\ c", "two\nlines", "ü 🚢", "# no comment", "[[env]]", "'''", "\u0007");
            var before = Gen.Elements("", "# about it\n", "\n", "\n\n", "[services.s{0}]\ncommand = \"x\"\n", "  ");
            var style = Gen.Elements("basic", "literal", "block", "none", "spaced");
            var variables = from key in keys from value in values from text in before from dress in style select new Variable(key, value, text, dress);
            var changes = from key in keys from value in values from remove in Gen.Elements(true, false) select new Change(key, remove ? null : value);
            return from list in variables.ListOf() from wanted in changes.NonEmptyListOf() from crlf in Gen.Elements(true, false) from mark in Gen.Elements(true, false)
                   select new Case([.. list], [.. wanted], crlf, mark);
        }
    }

    private static string Write(Variable variable, int index)
    {
        var quoted = TomlText.Quoted(variable.Value);
        var value = variable.Style switch
        {
            "literal" when !variable.Value.Contains('\'', StringComparison.Ordinal) && !variable.Value.Any(char.IsControl) => $"value = '{variable.Value}'\n",
            "block" => $"value = \"\"\"\n{quoted[1..^1]}\"\"\" # text\n",
            "none" => "# nothing yet\n",
            "spaced" => $"\n\t value  =\t{quoted}   # spaced\n",
            _ => $"value = {quoted}\n",
        };
        return $"{string.Format(CultureInfo.InvariantCulture, variable.Before, index)}[[env]] # one\nkey = {TomlText.Quoted(variable.Key)}\n{value}";
    }

    /// <summary>The lines that belong to no variable, in their order, with their line ends.</summary>
    private static IEnumerable<string> Others(string file) =>
        file.Split('\n').Where(line => line.Contains("services", StringComparison.Ordinal) || line.Contains("command", StringComparison.Ordinal)
            || line.Contains("name =", StringComparison.Ordinal) || line.Contains("# about", StringComparison.Ordinal));

    private static IReadOnlyList<EnvVar> Variables(string file)
    {
        var document = TomlReader.Read("app.toml", Encoding.UTF8.GetBytes(file), new DefinitionLimits());
        Assert.Empty(document.Diagnostics);
        return EnvVars.Merge([.. ((TomlArray?)document.Root.Find("env")?.Value)?.Items.Cast<TomlTable>()
            .Select(table => new EnvVar(((TomlString)table.Find("key")!.Value).Value, ((TomlString?)table.Find("value")?.Value)?.Value ?? "")) ?? []]);
    }

    private static string Edit(string file, params (string Key, string Value)[] set) =>
        Encoding.UTF8.GetString(EnvEditor.Apply("app.toml", Encoding.UTF8.GetBytes(file), [.. set.Select(pair => new EnvVar(pair.Key, pair.Value))], [], new DefinitionLimits()).File!);

    private static string Unset(string file, params string[] unset) =>
        Encoding.UTF8.GetString(EnvEditor.Apply("app.toml", Encoding.UTF8.GetBytes(file), [], unset, new DefinitionLimits()).File!);
}
