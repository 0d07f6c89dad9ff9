using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Berth.Browser.Tests;

/// <summary>The dashboard with an app that runs.</summary>
public sealed class DashboardTests(SharedDashboard shared)
{
    private const string App = SharedDashboard.App;

    [Fact]
    public async Task The_apps_page_shows_a_deployed_app_and_leads_to_it()
    {
        await using var visitor = await SignedInAsync();

        var row = visitor.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = App });
        await Expect(row).ToContainTextAsync("running");
        await Expect(row).ToContainTextAsync(new Regex(@"v\d+"));
        await Expect(row).ToContainTextAsync("web 1/1");
        await row.GetByRole(AriaRole.Link, new() { Name = App, Exact = true }).ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = App, Level = 1 })).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = $"{App}-web-" })).ToContainTextAsync("running");
    }

    [Fact]
    public async Task The_plus_and_minus_buttons_scale_a_service()
    {
        await using var visitor = await SignedInAsync("/apps/" + App);
        var web = visitor.Page.Locator("#service-web");

        await web.GetByRole(AriaRole.Button, new() { Name = "One web more" }).ClickAsync();
        await Expect(web.Locator("output")).ToHaveTextAsync("2/2");
        await Expect(web).ToContainTextAsync("set by hand");

        await web.GetByRole(AriaRole.Button, new() { Name = "One web less" }).ClickAsync();
        await Expect(web.Locator("output")).ToHaveTextAsync("1/1");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_refused_action_says_why_and_stays_said_while_the_page_refreshes()
    {
        await using var visitor = await SignedInAsync("/apps/" + App);
        await visitor.Page.Locator("#service-web input[name=service]").First.EvaluateAsync("field => field.value = 'nobody'");
        await visitor.Page.Locator("#service-web form").First.EvaluateAsync("form => form.removeAttribute('hx-confirm')");
        visitor.Page.Dialog += (_, dialog) => dialog.AcceptAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "One web less" }).ClickAsync();

        var alert = visitor.Page.GetByRole(AriaRole.Alert);
        await Expect(alert).ToContainTextAsync("no service \"nobody\"");
        await visitor.Page.WaitForResponseAsync(response => response.Url.EndsWith("/overview", StringComparison.Ordinal));
        await Expect(alert).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Restarting_asks_first_and_then_replaces_the_sandbox()
    {
        await using var visitor = await SignedInAsync("/apps/" + App);
        var before = await SandboxOfAsync("web");
        var asked = "";
        visitor.Page.Dialog += (_, dialog) =>
        {
            asked = dialog.Message;
            _ = asked.Length > 0 ? dialog.AcceptAsync() : dialog.DismissAsync();
        };

        await visitor.Page.Locator("#service-web").GetByRole(AriaRole.Button, new() { Name = "Restart" }).ClickAsync();

        await Expect(visitor.Page.Locator($"#sandbox-{before}")).ToHaveCountAsync(0);
        Assert.Contains("web", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_shows_new_lines_and_those_of_one_service_if_asked()
    {
        await using var visitor = await SignedInAsync("/apps/" + App);
        var log = visitor.Page.GetByRole(AriaRole.Log);
        await Expect(log).ToContainTextAsync("printer is up");

        await PrintAsync("a brand new line");
        await Expect(log).ToContainTextAsync("a brand new line");

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "web", Exact = true }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "web", Exact = true })).ToHaveAttributeAsync("aria-current", "true");
        await Expect(log).Not.ToContainTextAsync("a brand new line");
    }

    [Fact]
    public async Task A_log_line_with_markup_and_terminal_sequences_is_shown_as_text()
    {
        await using var visitor = await SignedInAsync("/apps/" + App);

        await PrintAsync(@"<img src=x onerror=\""document.title=1\""><hx-partial hx-target=body>gone</hx-partial>\033[31mred\033[0m\033]0;owned\007 end\001");

        var line = visitor.Page.GetByRole(AriaRole.Log).Locator("li").Filter(new() { HasText = "onerror" }).First;
        await Expect(line.Locator("span")).ToHaveTextAsync("<img src=x onerror=\"document.title=1\"><hx-partial hx-target=body>gone</hx-partial>red end\u2401");
        Assert.Equal(0, await line.Locator("img").CountAsync());
        await Expect(visitor.Page).ToHaveTitleAsync($"{App} · Berth");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_deployments_page_shows_its_phases_and_its_outcome()
    {
        await using var visitor = await SignedInAsync("/apps/" + App);

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "succeeded" }).First.ClickAsync();

        await Expect(visitor.Page.Locator(".phases")).ToContainTextAsync("switch");
        await Expect(visitor.Page.Locator(".title")).ToContainTextAsync("succeeded");
    }

    [Fact]
    public async Task An_unknown_page_says_so_in_the_dashboards_own_look()
    {
        await using var visitor = await SignedInAsync();

        var answer = await visitor.GoAsync("/apps/no-such-app");

        Assert.Equal(404, answer!.Status);
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Not found" })).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("there is no app \"no-such-app\"")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task No_page_asks_another_host_for_anything_or_is_wider_than_a_small_phone()
    {
        await using var visitor = await SignedInAsync();
        await visitor.Page.SetViewportSizeAsync(360, 740);
        foreach (var path in (string[])["/", "/apps/" + App, "/login"])
        {
            await visitor.GoAsync(path);
            await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            Assert.Equal(360, await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }

        Assert.NotEmpty(visitor.Requests);
        Assert.All(visitor.Requests, address => Assert.StartsWith(shared.Berth.Dashboard.ToString(), address, StringComparison.Ordinal));
        Assert.Empty(visitor.Complaints);
    }

    private async Task<Visitor> SignedInAsync(string path = "/")
    {
        var visitor = await shared.OpenAsync();
        await visitor.SignInAsync();
        await Expect(visitor.Page).ToHaveTitleAsync("Apps · Berth");
        if (path != "/")
            await visitor.GoAsync(path);
        return visitor;
    }

    /// <summary>Lets the printer's own process print a line.</summary>
    /// <param name="text">As <c>printf</c> takes it.</param>
    private async Task PrintAsync(string text) =>
        await shared.Berth.CallAsync("sandbox", "exec", await SandboxOfAsync("printer"), "--", "sh", "-c", $"printf \"%b\\n\" \"{text}\" >/proc/1/fd/1");

    private async Task<string> SandboxOfAsync(string service) =>
        (string)JsonNode.Parse(await shared.Berth.CallAsync("sandbox", "list", "-a", App, "--format", "json"))!.AsArray().First(s => (string)s!["service"]! == service)!["id"]!;
}
