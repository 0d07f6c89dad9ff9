namespace Berth.Definitions.Tests;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  \t\n ", new string[0])]
    [InlineData("serve --port 80", new[] { "serve", "--port", "80" })]
    [InlineData("a  'b  c'\td\ne", new[] { "a", "b  c", "d", "e" })]
    [InlineData("'' \"\" x''y", new[] { "", "", "xy" })]
    [InlineData("a\\ b \\'c \\\\", new[] { "a b", "'c", "\\" })]
    [InlineData("\"a \\\"b\\\" \\$HOME \\n \\\\\"", new[] { "a \"b\" $HOME \\n \\" })]
    [InlineData("'a \\n \"b\"'", new[] { "a \\n \"b\"" })]
    [InlineData("say\" it\"'s'", new[] { "say its" })]
    [InlineData("a \\\n b\\\nc", new[] { "a", "bc" })]
    [InlineData("$PORT && *.py", new[] { "$PORT", "&&", "*.py" })]
    [InlineData("a#b # comment 'x\nc", new[] { "a#b", "c" })]
    public void Words_are_those_of_a_POSIX_shell(string command, string[] expected)
    {
        Assert.True(ShellWords.TrySplit(command, out var words, out var problem), problem);
        Assert.Equal(expected, words);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("a 'b c", "single quote at character 3")]
    [InlineData("echo \"x\\\"", "double quote at character 6")]
    [InlineData("a b\\", "backslash")]
    public void What_is_not_closed_is_told_in_words(string command, string expected)
    {
        Assert.False(ShellWords.TrySplit(command, out var words, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Empty(words);
    }
}
