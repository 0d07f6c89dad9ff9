using Berth.Control.Deployments;
using Berth.Control.Secrets;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Secrets;

public sealed class RedactionTests
{
    private const string Secret = "hunter2-hunter2";

    [Theory]
    [InlineData("the password is hunter2-hunter2.", "the password is ***.")]
    [InlineData("hunter2-hunter2hunter2-hunter2", "******")]
    [InlineData("hunter2-hunter", "hunter2-hunter")]
    [InlineData("HUNTER2-HUNTER2", "HUNTER2-HUNTER2")]
    public void A_secret_is_blotted_out_wherever_it_stands(string text, string expected) => Assert.Equal(expected, Of(Secret).Apply("demo", text));

    [Fact]
    public void The_longer_of_two_goes_first_so_that_nothing_of_it_stays() =>
        Assert.Equal("***", Of("hunter2-", "hunter2-hunter2").Apply("demo", "hunter2-hunter2"));

    [Fact]
    public void A_secret_of_several_lines_is_blotted_out_line_by_line() =>
        Assert.Equal("*** -", Of("-----BEGIN KEY-----\nMIIEvQIBADANBg\n-").Apply("demo", "MIIEvQIBADANBg -"));

    [Fact]
    public void What_is_short_would_be_found_everywhere_and_is_left() => Assert.Equal("a short one", Of("short").Apply("demo", "a short one"));

    [Fact]
    public void Another_app_may_print_it() => Assert.Equal(Secret, Of(Secret).Apply("other", Secret));

    [Fact]
    public void However_output_comes_in_pieces_no_secret_is_in_the_log()
    {
        var random = new Random(1);
        var text = $"a {Secret} hunter2-hunt hunter2-other {Secret[..9]}";
        for (int round = 0; round < 100; round++)
        {
            using var folder = new TemporaryFolder();
            var log = new DeploymentLog(new() { StateFolder = folder.Path }, Of(Secret, "hunter2-other"), TimeProvider.System);
            log.Open("dep-1", "demo");
            for (int at = 0, next; at < text.Length; at = next)
            {
                next = Math.Min(text.Length, at + random.Next(1, 10));
                log.Output("dep-1", text[at..next]);
            }
            log.Result("dep-1", new(DeploymentOutcome.Failed, $"it said {Secret}", Unchanged: false, [Secret]));

            Assert.Equal($"a *** hunter2-hunt *** {Secret[..9]}", string.Concat(OutputOf(log)));
            Assert.DoesNotContain(Secret, File.ReadAllText(Path.Combine(folder.Path, "deployments", "dep-1.ndjson")), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string?> OutputOf(DeploymentLog log) =>
        log.FollowAsync("dep-1", TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken).Select(e => e.Output);

    private static Redaction Of(params string[] values) => new(app => app == "demo" ? values : []);
}
