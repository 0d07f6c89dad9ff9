using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Tests;

/// <summary>What a request was, in the form the tables compare.</summary>
public sealed record Received(string Line, string Body, string? Token, byte[] Bytes);

/// <summary>A real HTTP server in this process that answers as it is told and keeps what it was asked.</summary>
public sealed class FakeApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly Dictionary<string, Func<HttpContext, Task>> _answers = [];

    private Func<HttpContext, Task>? _beforeBody;

    private FakeApi(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public IReadOnlyList<Received> Received => [.. _received];

    public static async Task<FakeApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeApi(app);
        app.UseWebSockets();
        app.Run(fake.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>Answers a request line (<c>GET /v1/apps</c>, without its query) with JSON.</summary>
    public FakeApi Json(string line, string json, int status = 200, string type = "application/json")
    {
        _answers[line] = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(json);
        };
        return this;
    }

    public FakeApi Problem(string line, int status, string code, string detail, string errors = "[]") =>
        Json(line, $$"""{"type":"/errors/{{code}}","status":{{status}},"detail":"{{detail}}","errors":{{errors}}}""", status, "application/problem+json");

    /// <summary>Answers with a stream of lines, each flushed by itself.</summary>
    public FakeApi Lines(string line, params string[] lines)
    {
        _answers[line] = async context =>
        {
            context.Response.ContentType = "application/x-ndjson";
            foreach (var text in lines)
            {
                await context.Response.WriteAsync(text + "\n");
                await context.Response.Body.FlushAsync();
            }
        };
        return this;
    }

    public FakeApi On(string line, Func<HttpContext, Task> answer)
    {
        _answers[line] = answer;
        return this;
    }

    /// <summary>Answers every request by itself, without having read its body.</summary>
    public void BeforeBody(Func<HttpContext, Task> answer) => _beforeBody = answer;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var line = $"{context.Request.Method} {context.Request.Path.ToUriComponent()}";
        if (_beforeBody is not null)
        {
            await _beforeBody(context);
            return;
        }
        var bytes = await ReadBodyAsync(context.Request);
        _received.Enqueue(new Received(line + context.Request.QueryString, Encoding.UTF8.GetString(bytes), context.Request.Headers.Authorization, bytes));
        if (_answers.TryGetValue(line, out var answer))
            await answer(context);
        else
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        if (request.Headers.ContentEncoding == "gzip")
            await new GZipStream(request.Body, CompressionMode.Decompress).CopyToAsync(body);
        else
            await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
