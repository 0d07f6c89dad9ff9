namespace Berth.Cli.Tests;

public sealed class SettlementTests
{
    [Theory]
    [InlineData("scale web=1 -a shop", "scale")]
    [InlineData("restart shop", "restart")]
    public async Task A_change_is_waited_for_and_then_shown(string typed, string endpoint)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json($"POST /v1/apps/shop/{endpoint}", $"[{Wire.Service.Replace("\"ready\":1", "\"ready\":0", StringComparison.Ordinal)}]").Lines("GET /v1/apps/shop/settled", OneLine(Wire.App));

        var run = await CommandRun.OfAsync(api, typed.Split(' '));

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(["POST /v1/apps/shop/" + endpoint, "GET /v1/apps/shop/settled"], api.Received.Select(r => r.Line));
        Assert.Contains("1/1", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_come_up_is_named_and_the_command_fails()
    {
        var broken = Wire.Service.Replace("\"ready\":1", "\"ready\":0", StringComparison.Ordinal);
        await using var api = await FakeApi.StartAsync();
        api.Json("POST /v1/apps/shop/scale", $"[{broken}]").Lines("GET /v1/apps/shop/settled", OneLine(Wire.App.Replace(Wire.Service, broken, StringComparison.Ordinal)));

        var run = await CommandRun.OfAsync(api, "scale", "web=1", "-a", "shop");

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains("service web does not come up: 0 of 1 ready", run.Error, StringComparison.Ordinal);
    }

    private static string OneLine(string json) => json.Replace("\n", "", StringComparison.Ordinal) + "\n";
}
