using Microsoft.AspNetCore.Http.Features;

namespace Berth.Server.Dashboard;

/// <summary>
/// Lets people with a session into the dashboard's endpoints and sends the others to sign in. It opens nothing else: what it does not
/// admit still has to pass <see cref="Api.TokenAuthentication"/>. Forms are taken only from the dashboard's own pages.
/// </summary>
internal sealed class SessionAuthentication(RequestDelegate next, Sessions sessions, DashboardOptions options)
{
    public const string FormTokenField = "form-token";

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<DashboardAccess>() is not { } access || http.Request.Headers.Authorization.Count > 0)
        {
            await next(http);
            return;
        }
        DashboardHeaders.Set(http.Response);
        var session = sessions.Find(http.Request.Cookies[Sessions.CookieName]);
        if (session is null && access.NeedsSession)
        {
            if (!WantsPage(http.Request))
            {
                await next(http);
                return;
            }
            SendToLogin(http);
            return;
        }
        if (HttpMethods.IsPost(http.Request.Method) && !await IsOwnFormAsync(http, session))
        {
            await http.RequestServices.GetRequiredService<PageWriter>().ErrorAsync(http, StatusCodes.Status403Forbidden, DashboardMessages.ForeignForm);
            return;
        }
        http.Features.Set(new Admission(session));
        await next(http);
    }

    private static bool WantsPage(HttpRequest request) => IsFromHtmx(request) || request.Headers.Accept.Any(a => a?.Contains("text/html", StringComparison.Ordinal) == true);

    public static bool IsFromHtmx(HttpRequest request) => request.Headers.ContainsKey("HX-Request");

    /// <summary>A script that gets a redirect would follow it and show the sign-in page in the middle of another.</summary>
    private static void SendToLogin(HttpContext http)
    {
        if (!IsFromHtmx(http.Request))
        {
            http.Response.Redirect("/login");
            return;
        }
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers["HX-Redirect"] = "/login";
    }

    /// <summary>By the browser's word on where the form came from and, once there is a session, by the form's token.</summary>
    private async Task<bool> IsOwnFormAsync(HttpContext http, Session? session)
    {
        if (http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin"))
            return false;
        if (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && origin != $"{http.Request.Scheme}://{http.Request.Host}")
            return false;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.FormBytes;
        if (!http.Request.HasFormContentType)
            return false;
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return session is null || Sessions.IsSame(form[FormTokenField].ToString(), session.FormToken);
    }
}
