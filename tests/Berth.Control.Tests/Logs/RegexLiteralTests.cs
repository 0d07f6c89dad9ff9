using System.Text.RegularExpressions;
using Berth.Control.Logs;

namespace Berth.Control.Tests.Logs;

public sealed class RegexLiteralTests
{
    [Theory]
    [InlineData("needle [0-9]+", "needle ")]
    [InlineData("took .* ms", "took ")]
    [InlineData(@"GET /index\.html$", "GET /index.html")]
    [InlineData("colou?r", "colo")]
    [InlineData("ab+c", "ab")]
    [InlineData("a{2}bcd", "bcd")]
    [InlineData(@"\d+ seconds", " seconds")]
    [InlineData("(GET )?/path", "/path")]
    [InlineData("one|another", null)]
    [InlineData("(?i)error", null)]
    [InlineData(@"\x41bc", null)]
    [InlineData("[0-9]+ ms", null)]
    [InlineData("a*", null)]
    [InlineData("", null)]
    public void What_must_be_there_is_known_where_it_is_plain(string pattern, string? literal) => Assert.Equal(literal, RegexLiteral.Of(pattern));

    [Fact]
    public void Whatever_matches_has_the_text()
    {
        var random = new Random(11);
        var parts = new[] { "a", "b", "ab", " ", "c", @"\.", @"\d", @"\b", @"\\", @"\(", ".", "[ab]", "(a)", "(bc)", "{", "}", "x{2}", "*", "+", "?", "{1,2}", "^", "$", "1" };
        var certain = 0;
        for (int i = 0; i < 3000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => parts[random.Next(parts.Length)]));
            Regex regex;
            try
            {
                regex = new Regex(pattern, RegexOptions.CultureInvariant);
            }
            catch (ArgumentException)
            {
                continue;
            }
            if (RegexLiteral.Of(pattern) is not { } literal)
                continue;
            certain++;
            for (int j = 0; j < 30; j++)
            {
                var line = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => @"aabbcx1 .\({}"[random.Next(13)]));
                Assert.True(!regex.IsMatch(line) || line.Contains(literal, StringComparison.Ordinal), $"/{pattern}/ matches \"{line}\", which has no \"{literal}\"");
            }
        }
        Assert.InRange(certain, 500, 3000);
    }
}
