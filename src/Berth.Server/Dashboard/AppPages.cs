using System.Globalization;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Logs;
using Berth.Server.Api;
using Berth.Server.Dashboard.Pages;

namespace Berth.Server.Dashboard;

/// <summary>The list of apps, an app's page, and the parts of both that are refreshed.</summary>
internal static class AppPages
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", ListAsync).Needs(Permission.View, Subject.Covered);
        group.MapGet("/apps", AppTableAsync).Needs(Permission.View, Subject.Covered);
        group.MapGet("/apps/{app}", ShowAsync).Needs(Permission.View);
        group.MapGet("/apps/{app}/overview", OverviewAsync).Needs(Permission.View);
        group.MapGet("/apps/{app}/log", LogPanelAsync).Needs(Permission.View);
        group.MapGet("/apps/{app}/log/lines", LogLinesAsync).Needs(Permission.View);
    }

    private static async Task ListAsync(HttpContext http, AppViews views, PageWriter pages) =>
        await pages.WriteAsync<AppsPage>(http, 200, (nameof(AppsPage.Visit), pages.VisitOf(http)), (nameof(AppsPage.Apps), await views.ListAsync(http.Caller().Grant, http.RequestAborted)));

    private static async Task AppTableAsync(HttpContext http, AppViews views, PageWriter pages) =>
        await pages.WriteAsync<AppTable>(http, 200, (nameof(AppTable.Visit), pages.VisitOf(http)), (nameof(AppTable.Apps), await views.ListAsync(http.Caller().Grant, http.RequestAborted)));

    private static async Task ShowAsync(string app, string? service, HttpContext http, ControlPlane control, AppReader reader, PageWriter pages)
    {
        var found = control.Apps.Find(app);
        await (found.Error is { } error
            ? pages.ErrorAsync(http, ProblemResults.StatusOf(error.Kind), error.Message)
            : WriteAsync(http, StatusCodes.Status200OK, pages, await reader.ReadAsync(found.Value, http.RequestAborted), service, problem: null));
    }

    public static Task WriteAsync(HttpContext http, int status, PageWriter pages, AppPicture picture, string? service, string? problem) =>
        pages.WriteAsync<AppPage>(http, status,
            (nameof(AppPage.Visit), pages.VisitOf(http)), (nameof(AppPage.Picture), picture), (nameof(AppPage.LogService), service), (nameof(AppPage.Problem), problem));

    private static async Task OverviewAsync(string app, HttpContext http, ControlPlane control, AppReader reader, PageWriter pages)
    {
        var found = control.Apps.Find(app);
        await (found.Error is { } error
            ? pages.ErrorAsync(http, ProblemResults.StatusOf(error.Kind), error.Message)
            : pages.WriteAsync<AppOverview>(http, 200, (nameof(AppOverview.Visit), pages.VisitOf(http)), (nameof(AppOverview.Picture), await reader.ReadAsync(found.Value, http.RequestAborted))));
    }

    private static async Task LogPanelAsync(string app, string? service, HttpContext http, ControlPlane control, AppViews views, PageWriter pages)
    {
        var found = control.Apps.Find(app);
        await (found.Error is { } error
            ? pages.ErrorAsync(http, ProblemResults.StatusOf(error.Kind), error.Message)
            : pages.WriteAsync<LogPanel>(http, 200,
                (nameof(LogPanel.Visit), pages.VisitOf(http)), (nameof(LogPanel.App), await views.FindAsync(found.Value, http.RequestAborted)), (nameof(LogPanel.Service), service)));
    }

    private static async Task LogLinesAsync(
        string app, string? service, HttpContext http, ControlPlane control, DashboardOptions options, IHostApplicationLifetime lifetime, PageWriter pages)
    {
        if (control.Apps.Find(app).Error is { } error)
        {
            await pages.ErrorAsync(http, ProblemResults.StatusOf(error.Kind), error.Message);
            return;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        var query = new LogQuery { Service = service is { Length: > 0 } ? service : null, Lines = options.LogLines, Since = After(http.Request), Follow = true };
        try
        {
            await SendLinesAsync(new EventStream(http.Response), control.Logs.ReadAsync(app, query, end.Token), options, pages, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    /// <summary>Lines that have come together are sent together.</summary>
    private static async Task SendLinesAsync(EventStream stream, IAsyncEnumerable<LogRecord> records, DashboardOptions options, PageWriter pages, CancellationToken ct)
    {
        await stream.OpenAsync(ct);
        var batch = new List<LogRecord>();
        await using var lines = records.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = lines.MoveNextAsync();
            if (batch.Count > 0 && (!next.IsCompleted || batch.Count >= options.LogLines))
            {
                await stream.SendAsync(batch[^1].Time.UtcTicks.ToString(CultureInfo.InvariantCulture), await pages.RenderAsync<LogLines>((nameof(LogLines.Records), batch)), ct);
                batch = [];
            }
            if (!await next)
                return;
            batch.Add(lines.Current);
        }
    }

    /// <summary>Where a browser that lost its connection goes on.</summary>
    private static DateTimeOffset? After(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks < DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(ticks + 1, TimeSpan.Zero)
            : null;
}
