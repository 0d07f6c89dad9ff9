using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Server.Api;
using Berth.Server.Dashboard.Pages;

namespace Berth.Server.Dashboard;

/// <summary>What the buttons do: control's operations, and then the page as it is after them.</summary>
internal static class AppActions
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapPost("/apps/{app}/scale", (string app, HttpContext http, ControlPlane control, AppReader reader, PageWriter pages) =>
            ChangeAsync(app, http, control, reader, pages, found => Scale(control, found, http))).Needs(Permission.Deploy).WithSummary("Set a service's count in the dashboard");
        group.MapPost("/apps/{app}/restart", (string app, HttpContext http, ControlPlane control, AppReader reader, PageWriter pages) =>
            ChangeAsync(app, http, control, reader, pages, found => control.Services.Restart(found, Given(http.Request.Form, "service")))).Needs(Permission.Deploy).WithSummary("Replace sandboxes by the dashboard");
        group.MapPost("/apps/{app}/rollback", RollBackAsync).Needs(Permission.Deploy).WithSummary("Roll back by the dashboard");
        group.MapPost("/deployments/{id}/cancel", CancelAsync).Needs(Permission.Deploy, Subject.Deployment).WithSummary("Cancel a deployment by the dashboard");
    }

    private static Outcome<AppRecord> Scale(ControlPlane control, AppRecord app, HttpContext http)
    {
        var form = http.Request.Form;
        http.Note($"{form["service"]}={form["count"]}");
        var count = form["count"].ToString();
        // Control takes an empty count for "leave it as it is", which no button means.
        return count.Length == 0
            ? new OperationError(ErrorKind.Invalid, "bad-scale", DashboardMessages.NoCount(count))
            : control.Services.Scale(app, new Dictionary<string, string> { [form["service"].ToString()] = count }, memory: null, cpu: null);
    }

    private static async Task ChangeAsync(string app, HttpContext http, ControlPlane control, AppReader reader, PageWriter pages, Func<AppRecord, Outcome<AppRecord>> change)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            await pages.ErrorAsync(http, ProblemResults.StatusOf(missing.Kind), missing.Message);
        else
            await ShowAsync(http, reader, pages, found.Value, change(found.Value).Error);
    }

    private static async Task ShowAsync(HttpContext http, AppReader reader, PageWriter pages, AppRecord app, OperationError? error)
    {
        var status = error is null ? StatusCodes.Status200OK : ProblemResults.StatusOf(error.Kind);
        if (SessionAuthentication.IsFromHtmx(http.Request))
        {
            await pages.WriteAsync<AppChanged>(http, status,
                (nameof(AppChanged.Visit), pages.VisitOf(http)), (nameof(AppChanged.Picture), await reader.ReadAsync(app, http.RequestAborted)), (nameof(AppChanged.Problem), error?.Message));
            return;
        }
        if (error is null)
            GoTo(http, $"/apps/{app.Name}");
        else
            await AppPages.WriteAsync(http, status, pages, await reader.ReadAsync(app, http.RequestAborted), service: null, error.Message);
    }

    private static async Task RollBackAsync(string app, HttpContext http, ControlPlane control, AppReader reader, PageWriter pages)
    {
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
        {
            await pages.ErrorAsync(http, ProblemResults.StatusOf(missing.Kind), missing.Message);
            return;
        }
        var begun = control.Deployments.RollBack(found.Value, Given(http.Request.Form, "release"));
        if (begun.Error is { } error)
            await ShowAsync(http, reader, pages, found.Value, error);
        else
            GoTo(http, $"/deployments/{begun.Value.Id}");
    }

    private static Task CancelAsync(string id, HttpContext http, ControlPlane control, PageWriter pages)
    {
        if (control.Deployments.Cancel(id).Error is { } error)
            return pages.ErrorAsync(http, ProblemResults.StatusOf(error.Kind), error.Message);
        GoTo(http, $"/deployments/{id}");
        return Task.CompletedTask;
    }

    private static string? Given(IFormCollection form, string field) => form[field].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A script would follow a plain redirect by itself and put the page it finds into this one.</summary>
    private static void GoTo(HttpContext http, string path)
    {
        if (SessionAuthentication.IsFromHtmx(http.Request))
        {
            http.Response.Headers["HX-Redirect"] = path;
            return;
        }
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = path;
    }
}
