using Berth.Control.Access;
using Berth.Server.Api;

namespace Berth.Server.Dashboard;

/// <summary>The dashboard's addresses. None of them is under <c>/v1</c>, and none is open to a bearer token.</summary>
internal static class DashboardEndpoints
{
    public static void AddDashboard(this IServiceCollection services)
    {
        services.AddSingleton(new DashboardOptions());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Sessions>();
        services.AddSingleton<PageWriter>();
        services.AddSingleton<AppReader>();
    }

    public static void MapDashboard(this WebApplication app)
    {
        var open = app.MapGroup("").WithMetadata(new DashboardAccess(NeedsSession: false)).Open().ExcludeFromDescription();
        open.MapGet("/assets/{version}/{name}", (string name, HttpResponse response) => AssetFiles.Get(name, response));
        LoginEndpoints.MapOpen(open);

        var closed = app.MapGroup("").WithMetadata(new DashboardAccess(NeedsSession: true)).ExcludeFromDescription();
        LoginEndpoints.MapClosed(closed);
        AppPages.Map(closed);
        AppActions.Map(closed);
        DeploymentPages.Map(closed);
        closed.MapFallback("/{**path}", NoPageAsync).Needs(Permission.View, Subject.Covered);
    }

    /// <summary>What a person wants to know of something that went wrong: the API answers programs, so it looks otherwise there.</summary>
    public static bool Answers(HttpContext http) => http.Features.Get<Admission>() is not null;

    private static Task NoPageAsync(HttpContext http, PageWriter pages) => Answers(http)
        ? pages.ErrorAsync(http, StatusCodes.Status404NotFound, DashboardMessages.NoPage(http.Request.Path))
        : BerthApi.NoEndpointAsync(http);
}
