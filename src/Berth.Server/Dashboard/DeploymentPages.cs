using System.Globalization;
using System.Text;
using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Model;
using Berth.Server.Api;
using Berth.Server.Dashboard.Pages;

namespace Berth.Server.Dashboard;

/// <summary>One deployment: as it was, or as it goes on.</summary>
internal static class DeploymentPages
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/deployments/{id}", ShowAsync).Needs(Permission.View, Subject.Deployment);
        group.MapGet("/deployments/{id}/events", EventsAsync).Needs(Permission.View, Subject.Deployment);
    }

    private static async Task ShowAsync(string id, HttpContext http, ControlPlane control, DeploymentViews views, DashboardOptions options, PageWriter pages)
    {
        if (control.Stores.Deployments.Find(id) is not { } deployment)
        {
            await pages.ErrorAsync(http, StatusCodes.Status404NotFound, DashboardMessages.NoDeployment(id));
            return;
        }
        var story = new DeploymentStory(options.OutputCharacters);
        // One that is under way tells its story as events.
        if (deployment.Outcome != DeploymentOutcome.Running)
        {
            await foreach (var happened in views.EventsAsync(id, http.RequestAborted))
                story.Add(happened);
        }
        await pages.WriteAsync<DeploymentPage>(http, 200,
            (nameof(DeploymentPage.Visit), pages.VisitOf(http)), (nameof(DeploymentPage.Deployment), story.Result ?? views.Info(deployment)), (nameof(DeploymentPage.Story), story));
    }

    private static async Task EventsAsync(
        string id, HttpContext http, ControlPlane control, DeploymentViews views, DashboardOptions options, IHostApplicationLifetime lifetime, PageWriter pages)
    {
        if (control.Stores.Deployments.Find(id) is null)
        {
            await pages.ErrorAsync(http, StatusCodes.Status404NotFound, DashboardMessages.NoDeployment(id));
            return;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await SendAsync(id, http, control, views, options, pages, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    /// <summary>Events that have come together are sent together. What the browser had before it lost its connection is counted, not sent again.</summary>
    private static async Task SendAsync(string id, HttpContext http, ControlPlane control, DeploymentViews views, DashboardOptions options, PageWriter pages, CancellationToken ct)
    {
        var stream = new EventStream(http.Response);
        await stream.OpenAsync(ct);
        _ = int.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var known);
        var (story, output, seen, sent) = (new DeploymentStory(options.OutputCharacters), new StringBuilder(), 0, 0);
        await using var events = views.EventsAsync(id, ct).GetAsyncEnumerator(ct);
        while (true)
        {
            var next = events.MoveNextAsync();
            if (sent < seen && (!next.IsCompleted || story.Result is not null || output.Length > options.OutputCharacters))
            {
                var info = story.Result ?? (control.Stores.Deployments.Find(id) is { } now ? views.Info(now) : null);
                if (info is not null)
                    await stream.SendAsync(seen.ToString(CultureInfo.InvariantCulture), await ProgressAsync(http, pages, info, story, output.ToString()), ct);
                sent = seen;
                output.Clear();
            }
            if (!await next)
                break;
            var text = story.Add(events.Current);
            if (++seen > known)
                output.Append(text);
        }
        await stream.EndAsync(ct);
    }

    private static Task<string> ProgressAsync(HttpContext http, PageWriter pages, DeploymentInfo deployment, DeploymentStory story, string output) =>
        pages.RenderAsync<DeploymentProgress>(
            (nameof(DeploymentProgress.Visit), pages.VisitOf(http)), (nameof(DeploymentProgress.Deployment), deployment), (nameof(DeploymentProgress.Story), story), (nameof(DeploymentProgress.Output), output));
}
