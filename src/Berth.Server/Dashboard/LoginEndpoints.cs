using Berth.Control.Access;
using Berth.Server.Api;
using Berth.Server.Dashboard.Pages;

namespace Berth.Server.Dashboard;

/// <summary>Signing in with a token, and out.</summary>
internal static class LoginEndpoints
{
    public static void MapOpen(RouteGroupBuilder group)
    {
        group.MapGet("/login", ShowAsync);
        group.MapPost("/login", SignInAsync);
    }

    public static void MapClosed(RouteGroupBuilder group) => group.MapPost("/logout", SignOut).Needs(Permission.View, Subject.Covered).WithSummary("Sign out of the dashboard");

    private static Task ShowAsync(HttpContext http, PageWriter pages)
    {
        if (pages.VisitOf(http).Session is null)
            return WriteAsync(http, pages, StatusCodes.Status200OK, problem: null);
        http.Response.Redirect("/");
        return Task.CompletedTask;
    }

    private static async Task SignInAsync(HttpContext http, PageWriter pages, Sessions sessions, DashboardOptions options)
    {
        var secret = http.Request.Form["token"].ToString().Trim();
        if (sessions.Begin(secret) is not { } cookie)
        {
            await WriteAsync(http, pages, StatusCodes.Status401Unauthorized, secret.Length == 0 ? DashboardMessages.NoToken : DashboardMessages.UnknownToken);
            return;
        }
        http.Response.Cookies.Append(Sessions.CookieName, cookie, Cookie(http.Request, options.SessionLife));
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = "/";
    }

    private static void SignOut(HttpContext http)
    {
        http.Response.Cookies.Delete(Sessions.CookieName, Cookie(http.Request, life: null));
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = "/login";
    }

    private static CookieOptions Cookie(HttpRequest request, TimeSpan? life) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, Path = "/", MaxAge = life, IsEssential = true };

    private static Task WriteAsync(HttpContext http, PageWriter pages, int status, string? problem) =>
        pages.WriteAsync<LoginPage>(http, status, (nameof(LoginPage.Visit), pages.VisitOf(http)), (nameof(LoginPage.Problem), problem));
}
