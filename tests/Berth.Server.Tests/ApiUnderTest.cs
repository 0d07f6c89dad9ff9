using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Control.Access;
using Berth.Control.Tests;
using Berth.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Server.Tests;

/// <summary>The whole API on a port of its own, with a control plane over a fake engine behind it and a token for the client.</summary>
internal sealed class ApiUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiUnderTest(ControlUnderTest house, WebApplication app)
    {
        (House, _app) = (house, app);
        Client = NewClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", house.Stores.Tokens.Create("test", Grant.All).Secret);
    }

    public ControlUnderTest House { get; }

    /// <summary>Shows a token.</summary>
    public HttpClient Client { get; }

    /// <summary>All that is mapped, but for the answer to unknown paths.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. AllEndpoints.Where(e => e.RoutePattern.RawText?.Contains("{*", StringComparison.Ordinal) == false)];

    public IReadOnlyList<RouteEndpoint> AllEndpoints => [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="add">More services and endpoints than Berth's own.</param>
    public static async Task<ApiUnderTest> StartAsync(Action<ControlUnderTest>? arrange = null, (Action<IServiceCollection> Services, Action<WebApplication> Endpoints)? add = null)
    {
        var house = await ControlUnderTest.StartAsync(arrange: arrange);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "berthd" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.AddSingleton(house.Options).AddSingleton(house.Stores.Tokens).AddSingleton(house.Control);
        builder.Services.AddBerthApi();
        add?.Services(builder.Services);
        var app = builder.Build();
        app.MapBerthApi();
        add?.Endpoints(app);
        await app.StartAsync(Ct);
        return new(house, app);
    }

    /// <summary>A client without a token.</summary>
    public HttpClient NewClient() => new() { BaseAddress = new Uri(_app.Urls.First()) };

    public Task StopAsync() => _app.StopAsync(Ct);

    public Task<HttpResponseMessage> SendAsync(string method, string path, string? json = null) =>
        Client.SendAsync(new(new HttpMethod(method), path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") }, Ct);

    /// <summary>The problem that an answer holds; fails if it holds none.</summary>
    public static async Task<(HttpStatusCode Status, string Type, string Detail)> ProblemOfAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
        Assert.Equal((int)answer.StatusCode, (int)problem["status"]!);
        return (answer.StatusCode, (string)problem["type"]!, (string)problem["detail"]!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await House.DisposeAsync();
    }
}
