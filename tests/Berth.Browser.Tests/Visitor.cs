using Microsoft.Playwright;

namespace Berth.Browser.Tests;

/// <summary>Somebody at a browser. What the page asks for and complains about is written down. Disposing closes the profile.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private const float PatienceMilliseconds = 60_000;

    private readonly IBrowserContext _context;
    private readonly BerthPrograms _berth;
    private readonly List<string> _requests = [];
    private readonly List<string> _complaints = [];

    private Visitor(IBrowserContext context, IPage page, BerthPrograms berth)
    {
        (_context, Page, _berth) = (context, page, berth);
        context.Request += (_, request) => _requests.Add(request.Url);
        page.Console += (_, message) => NoteIfComplaint(message);
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Addresses of all that was asked for.</summary>
    public IReadOnlyList<string> Requests => _requests;

    /// <summary>Errors of scripts and of the content security policy.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<Visitor> OpenAsync(IBrowser browser, BerthPrograms berth)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        return new Visitor(context, await context.NewPageAsync(), berth);
    }

    /// <summary>Goes to a path of the dashboard.</summary>
    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(new Uri(_berth.Dashboard, path).ToString());

    public async Task SignInAsync(string? token = null)
    {
        await GoAsync("login");
        await Page.GetByLabel("Token").FillAsync(token ?? _berth.Token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void NoteIfComplaint(IConsoleMessage message)
    {
        if (message.Type == "error")
            _complaints.Add(message.Text);
    }
}
