using Berth.Testing;
using Microsoft.Playwright;

namespace Berth.Browser.Tests;

/// <summary>One berthd with one small app, and one Chromium, for all tests; started by the first that needs them.</summary>
public sealed class SharedDashboard : IAsyncDisposable
{
    /// <summary>Has the services web and printer, each with one sandbox.</summary>
    public const string App = "browser-demo";

    private const string Chromium = "/usr/bin/chromium";

    private readonly Lock _lock = new();
    private Task? _started;
    private BerthPrograms? _berth;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public BerthPrograms Berth => _berth ?? throw new InvalidOperationException("open a page first");

    /// <summary>A page in a browser profile of its own, not signed in. What keeps one test from starting is not tried again by the next.</summary>
    public async Task<Visitor> OpenAsync()
    {
        lock (_lock)
            _started ??= StartAsync(TestContext.Current.CancellationToken);
        await _started;
        return await Visitor.OpenAsync(_browser!, Berth);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_berth is not null)
            await _berth.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is missing; install it: apt-get install chromium");
        _berth = await BerthPrograms.StartAsync(ct);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await using (var engine = RealEngine.Connect())
            await BusyboxImage.EnsureAsync(engine.Images, ct);
        var procfile = await _berth.WriteAsync("Procfile", "web: exec httpd -f -p $PORT -h /www\nprinter: echo printer is up; exec sleep 100000\n");
        await _berth.CallAsync("deploy", "--image", BusyboxImage.Reference, "--procfile", procfile, "-a", App);
    }
}
