namespace Berth.Cli.Tests;

public sealed class DoctorTests
{
    private const string Fine = """{"level":"ok","subject":"engine","text":"docker 28"}""";
    private const string Warning = """{"level":"warning","subject":"memory","text":"only 10 MB","advice":"scale down"}""";
    private const string Problem = """{"level":"problem","subject":"app shop","text":"service web crashes","advice":"berth crashes shop"}""";

    [Theory]
    [InlineData($"[{Fine},{Warning}]", ExitCodes.Done)]
    [InlineData($"[{Fine},{Problem}]", ExitCodes.Failed)]
    public async Task A_problem_is_a_failure_and_a_warning_is_not(string found, int exitCode)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/system/doctor", found);

        Assert.Equal(exitCode, (await CommandRun.OfAsync(api, "doctor")).ExitCode);
        Assert.Equal(exitCode, (await CommandRun.OfAsync(api, "doctor", "--format", "json")).ExitCode);
    }

    [Fact]
    public async Task What_is_not_fine_comes_with_what_to_do()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/system/doctor", $"[{Fine},{Problem}]");

        var run = await CommandRun.OfAsync(api, "doctor");

        Assert.Equal("ok       engine: docker 28\nproblem  app shop: service web crashes\n         berth crashes shop\n", run.Out);
    }
}
