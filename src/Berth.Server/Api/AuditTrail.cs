using Berth.Control;
using Microsoft.AspNetCore.Http.Metadata;

namespace Berth.Server.Api;

/// <summary>
/// Writes down who asked for what: before it is done, so that a kill loses nothing, and again with its outcome. Requests are noted that may change something,
/// and those marked by <see cref="AuditedMetadata"/>; also those that <see cref="AccessCheck"/> refuses. Who shows no known token is nobody, and is not noted.
/// </summary>
internal sealed class AuditTrail(RequestDelegate next, ControlPlane control, ControlOptions options, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<Need>() is not { Permission: not null } need || !IsNoted(http, endpoint))
        {
            await next(http);
            return;
        }
        var app = need.Key is { } key ? await control.Subjects.AppOfAsync(need.Subject, (string)http.Request.RouteValues[key]!, http.RequestAborted) : null;
        var caller = http.Caller();
        var number = control.Stores.Audit.Begin(new()
        {
            At = time.GetUtcNow(),
            Token = caller.Name,
            TokenId = caller.Id,
            Method = http.Request.Method,
            Path = Bounded(http.Request.Path),
            App = app,
            Operation = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "Unknown address",
            From = http.Connection.RemoteIpAddress?.ToString(),
        }, options.AuditEntries);
        http.Features.Set(new AuditNote((detail, other) => control.Stores.Audit.Describe(number, other ?? app, Bounded(detail))));
        try
        {
            await next(http);
        }
        finally
        {
            control.Stores.Audit.End(number, http.Response.StatusCode);
        }
    }

    private static bool IsNoted(HttpContext http, Endpoint endpoint) =>
        !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method)) || endpoint.Metadata.GetMetadata<AuditedMetadata>() is not null;

    private string Bounded(string text) => text.Length > options.AuditTextLength ? text[..options.AuditTextLength] + "…" : text;
}

/// <summary>Marks an endpoint that is noted although it only reads.</summary>
internal sealed record AuditedMetadata;

/// <summary>What is known of one request beyond its address. Not thread-safe, as its request is not.</summary>
/// <param name="write">Given all of it and the app, if that turned out to be another than the address says.</param>
internal sealed class AuditNote(Action<string, string?> write)
{
    private string? _detail;
    private string? _app;

    public void Add(string detail, string? app)
    {
        (_detail, _app) = (_detail is null ? detail : $"{_detail}: {detail}", app ?? _app);
        write(_detail, _app);
    }
}

internal static class AuditExtensions
{
    public static T Audited<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new AuditedMetadata());

    /// <summary>Adds to what is noted of the request, at once: it may go on for hours. Nothing secret may be in it.</summary>
    /// <param name="app">The app that it turned out to concern; null: as the address says.</param>
    public static void Note(this HttpContext http, string detail, string? app = null) => http.Features.Get<AuditNote>()?.Add(detail, app);
}
