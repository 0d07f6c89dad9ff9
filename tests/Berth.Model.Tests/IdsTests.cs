namespace Berth.Model.Tests;

public sealed class IdsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_sort_by_the_time_they_were_made()
    {
        var ids = Enumerable.Range(0, 1000).Select(i => Ids.Unique(Now.AddMilliseconds(i * 7919))).ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Ids_of_one_moment_differ() => Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => Ids.Unique(Now)).Distinct().Count());

    [Fact]
    public void Ids_have_the_form_of_the_nouns_they_name()
    {
        Assert.Matches("^demo-v[1-9A-HJ-NP-Za-km-z]{21}$", Ids.Release("demo", Now));
        Assert.Matches("^pool-[1-9A-HJ-NP-Za-km-z]{21}$", Ids.Pool(Now));
        Assert.Matches("^demo-web-[1-9A-HJ-NP-Za-km-z]{21}$", Ids.Sandbox("demo", "web", Now));
    }

    [Theory]
    [InlineData("demo", true)]
    [InlineData("a-1", true)]
    [InlineData("", false)]
    [InlineData("Demo", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a.b", false)]
    [InlineData("../etc", false)]
    [InlineData("dämon", false)]
    [InlineData("localhost", false)]
    [InlineData("a1234567890123456789012345678901234567890", false)]
    public void An_app_is_named_by_lower_case_letters_digits_and_dashes(string name, bool good) => Assert.Equal(good, Names.AppProblem(name) is null);

    [Theory]
    [InlineData("512M", 512L << 20)]
    [InlineData("1.5G", 3L << 29)]
    [InlineData("1 GiB", 1L << 30)]
    [InlineData("64", 64L)]
    public void Sizes_are_read_in_binary_units(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1M")]
    [InlineData("1X")]
    [InlineData("1.2.3M")]
    [InlineData("99999999T")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
