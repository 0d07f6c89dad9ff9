using Berth.Control.Reconciling;
using Berth.Model;

namespace Berth.Control.Tests.Reconciling;

public sealed class ScaleTextTests
{
    private static readonly Scaling Defined = Scaling.Automatic() with { MinInstances = 2, MaxInstances = 9 };

    [Theory]
    [InlineData("0")]
    [InlineData("500")]
    [InlineData("auto")]
    [InlineData("auto:0-1")]
    [InlineData("auto:3-3")]
    [InlineData("default")]
    public void What_people_write_is_taken(string text) => Assert.Null(ScaleText.Problem(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData(" 1")]
    [InlineData("501")]
    [InlineData("99999999999999999999")]
    [InlineData("Auto")]
    [InlineData("auto:")]
    [InlineData("auto:1")]
    [InlineData("auto:2-1")]
    [InlineData("auto:0-0")]
    [InlineData("auto:1-501")]
    [InlineData("auto:1-2-3")]
    public void What_is_no_count_is_named_with_what_to_write(string text)
    {
        var problem = ScaleText.Problem(text);
        Assert.Contains($"\"{text}\"", problem, StringComparison.Ordinal);
        Assert.Contains("from 0 to 500", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_set_wins_over_what_the_files_define()
    {
        Assert.Equal(Defined, ScaleText.Apply(Defined, null));
        Assert.Equal(Defined, ScaleText.Apply(Defined, "auto"));
        Assert.Equal(Scaling.FixedAt(3), ScaleText.Apply(Defined, "3"));
        Assert.Equal(Defined with { MinInstances = 1, MaxInstances = 4 }, ScaleText.Apply(Defined, "auto:1-4"));
        Assert.Equal(ScalingMode.Auto, ScaleText.Apply(Scaling.FixedAt(3), "auto").Mode);
    }

    [Fact]
    public void A_service_that_goes_by_a_queue_still_does_in_another_range() =>
        Assert.Equal((ScalingMode.Queue, 5), ScaleText.Apply(Defined with { Mode = ScalingMode.Queue }, "auto:0-5") is var scaling ? (scaling.Mode, scaling.MaxInstances) : default);
}
