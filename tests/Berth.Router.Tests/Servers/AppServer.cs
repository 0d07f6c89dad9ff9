using Berth.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Router.Tests.Servers;

/// <summary>A sandbox with a real web server in it.</summary>
public sealed class AppServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AppServer(WebApplication app, string id)
    {
        _app = app;
        Sandbox = new RoutedSandbox(id, "127.0.0.1", new Uri(app.Urls.First()).Port);
    }

    public RoutedSandbox Sandbox { get; }

    public static async Task<AppServer> StartAsync(RequestDelegate handler, string id = "demo-web-1", HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(handler);
        await app.StartAsync();
        return new AppServer(app, id);
    }

    /// <summary>Answers every request with its own id.</summary>
    public static Task<AppServer> NamedAsync(string id) => StartAsync(context => context.Response.WriteAsync(id), id);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
