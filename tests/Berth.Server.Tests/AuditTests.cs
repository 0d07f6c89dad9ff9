using System.Text.Json.Nodes;
using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Testing;

namespace Berth.Server.Tests;

public sealed class AuditTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_done_is_noted_with_who_what_where_and_how_it_ended()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        using var scaled = await api.SendAsync("POST", "/v1/apps/demo/scale", """{"services":{"web":"2"}}""");
        scaled.EnsureSuccessStatusCode();

        var entry = Assert.Single(await EntriesAsync(api.Client, "?app=demo"))!;

        Assert.Equal(("test", "POST", "/v1/apps/demo/scale", "web=2"), ((string)entry["token"]!, (string)entry["method"]!, (string)entry["path"]!, (string)entry["detail"]!));
        Assert.Equal(("Set services' counts and limits", "127.0.0.1", "done"), ((string)entry["operation"]!, (string)entry["from"]!, (string)entry["outcome"]!));
    }

    [Fact]
    public async Task What_was_refused_is_noted_too_and_looking_is_not()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        using var viewer = api.NewClient();
        viewer.DefaultRequestHeaders.Authorization = new("Bearer", api.House.Stores.Tokens.Create("wall", new(TokenRole.Viewer, null)).Secret);
        using var looked = await viewer.GetAsync(new Uri("/v1/apps/demo", UriKind.Relative), Ct);
        using var refused = await viewer.DeleteAsync(new Uri("/v1/apps/demo", UriKind.Relative), Ct);

        var entry = Assert.Single(await EntriesAsync(api.Client, ""))!;

        Assert.Equal(("wall", "DELETE", "refused", 403), ((string)entry["token"]!, (string)entry["method"]!, (string)entry["outcome"]!, (int)entry["status"]!));
    }

    [Fact]
    public async Task Names_of_variables_are_noted_and_values_are_not()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        using var changed = await api.SendAsync("PATCH", "/v1/apps/demo/env", """{"set":{"GREETING":"hello-there"}}""");
        await changed.Content.ReadAsStringAsync(Ct);

        var entry = Assert.Single(await EntriesAsync(api.Client, ""))!;

        Assert.Equal("set GREETING", (string)entry["detail"]!);
        Assert.DoesNotContain("hello-there", entry.ToJsonString());
    }

    [Fact]
    public async Task A_command_is_noted_when_it_begins_and_its_exit_code_when_it_ends()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.House.DeployNewAsync("demo");
        var sandbox = (await api.House.Control.Engine.ListSandboxesAsync("demo", Ct))[0].Id;
        using (var socket = new System.Net.WebSockets.ClientWebSocket())
        {
            socket.Options.SetRequestHeader("Authorization", api.Client.DefaultRequestHeaders.Authorization!.ToString());
            var url = new UriBuilder(api.Client.BaseAddress!) { Scheme = "ws", Path = $"/v1/sandboxes/{sandbox}/exec", Query = "command=echo&command=hello" }.Uri;
            await socket.ConnectAsync(url, Ct);
            while (socket.State == System.Net.WebSockets.WebSocketState.Open)
                await socket.ReceiveAsync(new byte[1024], Ct);
            await socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, Ct);
        }

        AuditEntry? ended = null;
        await Eventually.HoldsAsync(() => (ended = api.House.Stores.Audit.List(["demo"], since: null, limit: 1).Single()).Status is not null);

        Assert.StartsWith("echo hello: exit code ", ended!.Detail);
    }

    [Fact]
    public async Task A_deployer_sees_what_concerns_its_apps()
    {
        await using var api = await ApiUnderTest.StartAsync();
        foreach (var app in new[] { "own", "foreign" })
        {
            using var made = await api.SendAsync("POST", "/v1/apps", $$"""{"name":"{{app}}"}""");
            made.EnsureSuccessStatusCode();
        }
        using var deployer = api.NewClient();
        deployer.DefaultRequestHeaders.Authorization = new("Bearer", api.House.Stores.Tokens.Create("ci", new(TokenRole.Deployer, ["own"])).Secret);

        Assert.Equal(["own"], (await EntriesAsync(deployer, "")).Select(e => (string)e!["app"]!));
        Assert.Empty(await EntriesAsync(deployer, "?app=foreign"));
        Assert.Equal(2, (await EntriesAsync(api.Client, "")).Count);
    }

    [Fact]
    public async Task Only_so_many_entries_are_kept_and_none_that_are_too_old()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var audit = api.House.Stores.Audit;
        foreach (var day in Enumerable.Range(1, 30))
            audit.End(audit.Begin(Entry(day), keep: 20), status: 200);

        audit.Prune(Start.AddDays(5), keep: 20);
        Assert.Equal(Enumerable.Range(11, 20).Reverse().Select(day => $"day {day}"), Operations(audit));
        Assert.Equal(["day 30", "day 29"], audit.List(apps: null, Start.AddDays(29), limit: 10).Select(e => e.Operation));
        audit.Prune(Start.AddDays(28), keep: 20);
        Assert.Equal(["day 30", "day 29", "day 28"], Operations(audit));
    }

    [Fact]
    public async Task Whoever_is_refused_again_and_again_pushes_out_nothing_but_that()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var audit = api.House.Stores.Audit;
        audit.End(audit.Begin(Entry(1), keep: 20), status: 200);
        foreach (var day in Enumerable.Range(2, 50))
            audit.End(audit.Begin(Entry(day), keep: 20), status: 403);

        audit.Prune(Start, keep: 20);

        Assert.Equal(["day 51", "day 50", "day 1"], Operations(audit));
    }

    /// <summary>The server forgets by itself what is old by its own clock, at any moment: nothing here is.</summary>
    private static readonly DateTimeOffset Start = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static AuditEntry Entry(int day) => new() { At = Start.AddDays(day), Token = "t", TokenId = "tok", Method = "POST", Path = "/", Operation = $"day {day}" };

    private static IEnumerable<string> Operations(AuditStore audit) => audit.List(apps: null, since: null, limit: 100).Select(e => e.Operation);

    private static async Task<JsonArray> EntriesAsync(HttpClient client, string query) =>
        JsonNode.Parse(await client.GetStringAsync(new Uri("/v1/audit" + query, UriKind.Relative), Ct))!.AsArray();
}
