using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Berth.Testing.Docker;

/// <summary>One request, with what the handlers need of it.</summary>
internal sealed class FakeCall(HttpContext http, string path)
{
    public HttpContext Http => http;

    public string Method => http.Request.Method;

    /// <summary>The path's parts, without the version.</summary>
    public string[] Parts { get; } = path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public CancellationToken Ended => http.RequestAborted;

    public string? Query(string name) => http.Request.Query[name].FirstOrDefault();

    public bool Flag(string name) => Query(name) is "1" or "true";

    public async Task<JsonObject> BodyAsync()
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        return JsonNode.Parse(await reader.ReadToEndAsync(Ended))!.AsObject();
    }

    public Task JsonAsync(JsonNode body, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), Ended);
    }

    public Task TextAsync(string text) => http.Response.WriteAsync(text, Ended);

    public Task StatusAsync(int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>One line of a stream, sent at once.</summary>
    public async Task LineAsync(JsonNode line)
    {
        if (!http.Response.HasStarted)
            http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(line.ToJsonString() + "\r\n", Ended);
        await http.Response.Body.FlushAsync(Ended);
    }
}
