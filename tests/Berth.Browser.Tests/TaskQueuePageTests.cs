using Berth.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Berth.Browser.Tests;

/// <summary>The sample's own page, through the router.</summary>
public sealed class TaskQueuePageTests(SharedDashboard shared)
{
    private const string App = "browser-queue";

    [Fact]
    public async Task A_job_that_is_posted_on_the_samples_page_gets_done()
    {
        await using var visitor = await shared.OpenAsync();
        await shared.Berth.CallAsync("deploy", Path.Combine(RepositoryRoot.Find(), "samples", "taskqueue"), "-a", App);
        await visitor.Page.GotoAsync(shared.Berth.SiteOf(App).ToString());

        await visitor.Page.GetByLabel("What is to be done").FillAsync("Water the plants");
        await visitor.Page.GetByLabel("How often").FillAsync("1");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Add jobs" }).ClickAsync();

        await Expect(visitor.Page.Locator("#done")).ToContainTextAsync("Water the plants");
        await Expect(visitor.Page.Locator("#count")).ToHaveTextAsync("1");
    }
}
