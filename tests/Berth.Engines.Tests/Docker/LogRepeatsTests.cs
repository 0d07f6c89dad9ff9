using Berth.Engines.Docker;
using Berth.Model;

namespace Berth.Engines.Tests.Docker;

public sealed class LogRepeatsTests
{
    [Theory]
    [InlineData("1 2 3", "1 2 3")]
    [InlineData("1 2 3 1 2 3 4", "1 2 3 4")]
    [InlineData("1 5 5 5 6 7 5 5 6 7 8", "1 5 5 5 6 7 8")]
    [InlineData("5 6 7 2 3 4", "5 6 7 2 3 4")]
    [InlineData("5 7 6 8", "5 7 6 8")]
    public void What_comes_again_is_told_from_what_a_clock_that_was_set_back_stamped(string times, string kept)
    {
        var repeats = new LogRepeats();

        var passed = times.Split(' ').Where(time => !repeats.IsRepeat(new LogChunk(LogStream.Stdout, DateTimeOffset.UnixEpoch.AddTicks(int.Parse(time, null)), "x\n"u8.ToArray())));

        Assert.Equal(kept, string.Join(' ', passed));
    }
}
