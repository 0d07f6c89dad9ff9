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
        foreach (var subject in new[] { "engine", "clock", "state folder", "memory", "isolation", "apps", "deployments", "drains", "disks", "backups", "certificates", "routes", "names in sandboxes", "listener 127.0.0.1:8080", "listener 127.0.0.1:7070" })
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

    [Fact]
    public async Task An_engine_that_takes_commands_from_everybody_is_a_problem_and_from_this_machine_a_warning()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.House.Docker.Warnings =
        [
            "WARNING: No swap limit support",
            "WARNING: API is accessible on http://0.0.0.0:2375 without encryption.\n         Access to the remote API is equivalent to root access on the host.",
            "[DEPRECATION NOTICE]: API is accessible on https://[::]:2376 without TLS client verification.",
            "WARNING: API is accessible on http://127.0.0.1:2375 without encryption.",
        ];

        var found = (await ExamineAsync(api)).Where(f => ((string)f!["subject"]!).StartsWith("engine at", StringComparison.Ordinal)).Select(f => ((string)f!["level"]!, (string)f["subject"]!));

        Assert.Equal([("problem", "engine at 0.0.0.0:2375"), ("problem", "engine at [::]:2376"), ("warning", "engine at 127.0.0.1:2375")], found);
    }

    [Fact]
    public async Task Disks_without_backups_and_backups_and_deployments_that_failed_are_found()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var (stores, at) = (api.House.Stores, DateTimeOffset.UnixEpoch);
        foreach (var name in new[] { "bare", "failed", "unproven", "good" })
            stores.Disks.Add(new() { Name = name, Size = 1 << 30, FileSystem = "ext4", CreatedAt = at, Generation = 1 });
        stores.Backups.Add(new() { Id = "failed-1", Disk = "failed", At = at, Path = "/b/failed-1", Size = 1 });
        stores.Backups.Add(new() { Id = "failed-2", Disk = "failed", At = at.AddDays(1), Path = "/b/failed-2", Problem = "the folder is full" });
        stores.Backups.Add(new() { Id = "unproven-1", Disk = "unproven", At = at, Path = "/b/unproven-1", Size = 1 });
        stores.Backups.SetProof("unproven-1", at, "the check ended with 1");
        stores.Backups.Add(new() { Id = "good-1", Disk = "good", At = at, Path = "/b/good-1", Size = 1 });
        api.House.Control.Apps.Create("shop");
        await api.House.DeployAsync("shop", procfile: "web");

        var found = (await ExamineAsync(api)).Where(f => (string)f!["level"]! != "ok").ToDictionary(f => (string)f!["subject"]!, f => ((string)f!["level"]!, Text: (string)f["text"]! + (string)f["advice"]!));

        Assert.Equal(("warning", "problem", "problem", "warning"), (found["backups of bare"].Item1, found["backups of failed"].Item1, found["backups of unproven"].Item1, found["app shop"].Item1));
        Assert.DoesNotContain("backups of good", found.Keys);
        Assert.Contains("the folder is full; the newest that is there is of 1970-01-01", found["backups of failed"].Text, StringComparison.Ordinal);
        Assert.Contains("the check ended with 1", found["backups of unproven"].Text, StringComparison.Ordinal);
        Assert.Contains("was never deployed", found["app shop"].Text, StringComparison.Ordinal);
        Assert.Contains("berth app delete shop", found["app shop"].Text, StringComparison.Ordinal);
    }

    private static async Task<JsonArray> ExamineAsync(ApiUnderTest api)
    {
        using var answer = await api.SendAsync("GET", "/v1/system/doctor");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray();
    }
}
