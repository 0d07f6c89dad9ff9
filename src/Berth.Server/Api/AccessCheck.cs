using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Server.Dashboard;
using Berth.Server.Git;

namespace Berth.Server.Api;

/// <summary>
/// Compares what a request needs with what its token grants. An app that the token does not cover answers as one that does not exist. An endpoint without a
/// <see cref="Need"/> is closed to all.
/// </summary>
internal sealed class AccessCheck(RequestDelegate next, ControlPlane control)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint)
            await BerthApi.NoEndpointAsync(http);
        else if (endpoint.Metadata.GetMetadata<Need>() is not { } need)
            await Refusal.WriteAsync(http, AccessErrors.NotNamed($"{http.Request.Method} {http.Request.Path}"));
        else if (need.Permission is { } permission && await ProblemAsync(http, permission, need) is { } problem)
            await Refusal.WriteAsync(http, problem);
        else
            await next(http);
    }

    private async ValueTask<OperationError?> ProblemAsync(HttpContext http, Permission permission, Need need)
    {
        var caller = http.Caller();
        if (need.Subject == Subject.Server)
            return caller.Grant.AllowsEverywhere(permission) ? null : AccessErrors.ForAdmins(caller.Name);
        if (need.Key is { } key && caller.Grant.Apps is not null)
        {
            var id = (string)http.Request.RouteValues[key]!;
            if (await control.Subjects.AppOfAsync(need.Subject, id, http.RequestAborted) is not { } app || !caller.Grant.Covers(app))
                return Subjects.NotFound(need.Subject, id);
        }
        return permission > caller.Grant.Highest ? AccessErrors.ForDeployers(caller.Name) : null;
    }
}

/// <summary>Who asks.</summary>
internal static class CallerExtensions
{
    /// <summary>The token of a request that was let in; only endpoints that need none have no caller.</summary>
    public static Token Caller(this HttpContext http) => http.Features.Get<Admission>()?.Session?.Token ?? http.Features.Get<Token>() ?? throw new InvalidOperationException($"{http.Request.Path} is open to everybody, so nobody is known to ask for it");
}

/// <summary>A request that is not carried out, told in the form that its asker reads: problem details, a page, or git's plain text.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext http, OperationError error) => WriteAsync(http, ProblemResults.StatusOf(error.Kind), error.Code, error.Message);

    public static Task WriteAsync(HttpContext http, int status, string code, string detail) =>
        DashboardEndpoints.Answers(http) ? http.RequestServices.GetRequiredService<PageWriter>().ErrorAsync(http, status, detail)
        : http.Request.Path.StartsWithSegments(GitEndpoints.Prefix) ? GitEndpoints.RefuseAsync(http, status, detail)
        : ProblemResults.WriteAsync(http, status, code, detail);
}
