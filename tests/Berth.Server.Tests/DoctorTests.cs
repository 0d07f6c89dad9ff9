using System.Text.Json.Nodes;

namespace Berth.Server.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_healthy_house_has_no_problem_and_every_look_says_what_it_saw()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");

        var found = await ExamineAsync(api);

        // The fake engine's sandboxes have no program that asks for names; the real one's are asked end to end.
        Assert.DoesNotContain(found, f => (string)f!["level"]! == "problem" && (string)f["subject"]! != "names in sandboxes");
        string[] subjects = [.. found.Select(f => (string)f!["subject"]!)];
        foreach (var subject in new[] { "engine", "clock", "state folder", "memory", "isolation", "apps", "drains", "disks", "certificates", "routes", "names in sandboxes", "listener 127.0.0.1:8080", "listener 127.0.0.1:7070" })
            Assert.Contains(subject, subjects);
    }

    [Fact]
    public async Task A_route_whose_name_nobody_knows_is_a_warning_with_advice()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        using var added = await api.SendAsync("POST", "/v1/routes", """{"host":"shop.invalid","app":"demo"}""");
        added.EnsureSuccessStatusCode();

        var finding = Assert.Single(await ExamineAsync(api), f => (string)f!["subject"]! == "route shop.invalid")!;

        Assert.Equal("warning", (string)finding["level"]!);
        Assert.Contains("DNS", (string)finding["advice"]!);
    }

    private static async Task<JsonArray> ExamineAsync(ApiUnderTest api)
    {
        using var answer = await api.SendAsync("GET", "/v1/system/doctor");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray();
    }
}
