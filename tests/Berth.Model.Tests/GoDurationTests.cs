using System.Globalization;

namespace Berth.Model.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", "00:00:00")]
    [InlineData("10s", "00:00:10")]
    [InlineData("15m", "00:15:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData(".5s", "00:00:00.5000000")]
    [InlineData("1.s", "00:00:01")]
    [InlineData("300ms", "00:00:00.3000000")]
    [InlineData("2us3µs4μs", "00:00:00.0000090")]
    [InlineData("1500ns", "00:00:00.0000015")]
    [InlineData("1m1m", "00:02:00")]
    [InlineData("+5s", "00:00:05")]
    [InlineData("-5m", "-00:05:00")]
    public void Durations_are_those_of_Go(string text, string expected)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1.2.3s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5S")]
    [InlineData("5d")]
    [InlineData("--5s")]
    [InlineData("1e3s")]
    [InlineData("3000000h")]
    [InlineData("99999999999999999999999999999999999999h")]
    [InlineData("2562047h2562047h")]
    public void What_Go_refuses_is_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("0s")]
    [InlineData("15m")]
    [InlineData("1h30m")]
    [InlineData("720h")]
    [InlineData("1m1.5s")]
    [InlineData("250ms")]
    [InlineData("0.0001ms")]
    [InlineData("-10s")]
    public void The_written_form_is_short_and_reads_back(string text)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(text, GoDuration.Format(duration));
    }
}
