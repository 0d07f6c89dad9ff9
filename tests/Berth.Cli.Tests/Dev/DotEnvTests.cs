using System.Text;
using Berth.Cli.Dev;
using Berth.Model;

namespace Berth.Cli.Tests.Dev;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("A=", "")]
    [InlineData("A=b c", "b c")]
    [InlineData("A=b=c", "b=c")]
    [InlineData("A=http://h:1/?q=1&r=#x", "http://h:1/?q=1&r=#x")]
    [InlineData("A=b # comment", "b")]
    [InlineData("A=# comment", "")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A='b # c'", "b # c")]
    [InlineData("A=\"b # c\" # d", "b # c")]
    [InlineData("A='b\\nc'", "b\\nc")]
    [InlineData("A=\"b\\nc\"", "b\nc")]
    [InlineData("A=\"b\\\\nc\"", "b\\nc")]
    [InlineData("A=\"b\\\"c\"", "b\"c")]
    [InlineData("A=b\\nc", "b\\nc")]
    [InlineData("A=\"open", "\"open")]
    [InlineData("A=it's", "it's")]
    [InlineData("A=$HOME", "$HOME")]
    [InlineData("A = b", "b")]
    [InlineData("  A=b  ", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("A=b\r", "b")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("A=a\nA=b", "b")]
    public void A_value_is_what_people_meant_by_it(string text, string value)
    {
        var (variables, warnings) = DotEnv.Parse(".env", Encoding.UTF8.GetBytes(text));

        Assert.Equal(("A", value), (variables[^1].Key, variables[^1].Value));
        Assert.Empty(warnings);
    }

    [Fact]
    public void What_is_written_is_read_again_whatever_is_in_it()
    {
        var random = new Random(1);
        List<EnvVar> written = [.. new[] { "", " ", "a b", "'", "\"", "\\", "\\n", "\n", "\r\n", "a#b", " # c", "$HOME `x` ${y}", "'a\"b\\", "\u2028\u00a0", "\uFEFF", "a\t" }.Select((value, i) => new EnvVar($"_{i}", value))];
        for (int i = 0; i < 2000; i++)
            written.Add(new($"A{i}", string.Concat(random.GetItems(["a", "Z", "0", " ", "'", "\"", "\\", "n", "\n", "\r", "\t", "#", "$", "=", ",", "`", "\u00e9", "\u20ac", "\U0001F6A2", "\u2028", "\u0001"], random.Next(12)))));

        var (read, warnings) = DotEnv.Parse(".env", Encoding.UTF8.GetBytes(DotEnv.Format(written)));

        Assert.Empty(warnings);
        Assert.Equal(written, read);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("A-B=c")]
    [InlineData("=c")]
    [InlineData("A=b\0c")]
    public void A_line_that_is_no_variable_is_told_and_left_out(string line)
    {
        var (variables, warnings) = DotEnv.Parse(".env", Encoding.UTF8.GetBytes($"# comment\n\n{line}\nA=b\n"));

        Assert.Equal(["A"], variables.Select(v => v.Key));
        var warning = Assert.Single(warnings);
        Assert.Equal((".env", 3), (warning.File, warning.Line));
    }
}
