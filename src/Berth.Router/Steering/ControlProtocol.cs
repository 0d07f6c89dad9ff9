using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Model;
using Berth.Router.Hosting;
using Berth.Router.Routing;
using Berth.Router.Tls;
using Berth.Router.Traffic;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.Router.Steering;

/// <summary>
/// What control may ask of the router, over the control socket only:
/// <c>PUT /snapshot</c>, <c>GET /report</c>, <c>GET /reports</c>, <c>GET /answers?app=NAME</c>, <c>GET /wakes?app=NAME</c>, <c>GET /status</c>, <c>GET /metrics</c>.
/// </summary>
public sealed class ControlProtocol(Routes routes, Certificates certificates, ReportFeed feed, TrafficMeter traffic, SnapshotFile file, RouterOptions options, Func<RouterStatus> status, ILogger log, CancellationToken stopping) : IDisposable
{
    // One snapshot at a time, so that the one on disk is the one in force.
    private readonly SemaphoreSlim _oneSnapshot = new(1, 1);

    public void Dispose() => _oneSnapshot.Dispose();

    public Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("PUT", "/snapshot") => PutSnapshotAsync(context),
        ("GET", "/report") => WriteAsync(context, 200, routes.Report(), RoutingJson.Default.RouterReport),
        ("GET", "/reports") => StreamReportsAsync(context),
        ("GET", "/answers") => WriteAsync(context, 200, routes.Answers(context.Request.Query["app"].ToString()), RoutingJson.Default.IReadOnlyListSandboxAnswers),
        ("GET", "/metrics") => WriteMetricsAsync(context),
        ("GET", "/wakes") => WriteAsync(context, 200, routes.WakesOf(context.Request.Query["app"].ToString()), RoutingJson.Default.IReadOnlyListWakeTimes),
        ("GET", "/status") => WriteAsync(context, 200, status(), RoutingJson.Default.RouterStatus),
        _ => RefuseAsync(context, 404, RouterMessages.NoSuchCall(context.Request.Method, context.Request.Path)),
    };

    private async Task PutSnapshotAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = options.MaxSnapshotBytes;
        RouteTable? table;
        try
        {
            table = await JsonSerializer.DeserializeAsync(context.Request.Body, RoutingJson.Default.RouteTable, context.RequestAborted);
        }
        catch (JsonException)
        {
            table = null;
        }
        var problem = table is null ? RouterMessages.BodyNotRead : RouteTableCheck.Problem(table);
        if (problem is not null)
        {
            await RefuseAsync(context, 400, problem);
            return;
        }

        await _oneSnapshot.WaitAsync(context.RequestAborted);
        try
        {
            // Before the routes that may send clients to them.
            certificates.Apply(table!.Certificates ?? []);
            // In force first, then on disk: a request that waits for this snapshot should not wait for the disk too.
            if (!routes.Apply(table!))
            {
                await WriteAsync(context, 409, routes.Report(), RoutingJson.Default.RouterReport);
                return;
            }
            file.Save(table!);
            log.Happened(RouterMessages.SnapshotInForce(table!.Version, table.Apps.Count, table.Hosts.Count));
        }
        finally
        {
            _oneSnapshot.Release();
        }
        await WriteAsync(context, 200, routes.Report(), RoutingJson.Default.RouterReport);
    }

    private async Task StreamReportsAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "application/x-ndjson";
        try
        {
            await foreach (var report in feed.ReadAsync(end.Token))
            {
                await JsonSerializer.SerializeAsync(context.Response.BodyWriter, report, RoutingJson.Default.RouterReport, end.Token);
                context.Response.BodyWriter.Write("\n"u8);
                await context.Response.BodyWriter.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader went, or the router stops.
        }
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        var text = Encoding.UTF8.GetBytes(MetricsText.Of(routes.Loads(), traffic.Unrouted, traffic.DroppedLines));
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }

    private static async Task WriteAsync<T>(HttpContext context, int code, T body, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, body, type, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int code, string problem)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(problem + "\n", context.RequestAborted);
    }
}
