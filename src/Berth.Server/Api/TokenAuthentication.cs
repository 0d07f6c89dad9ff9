using Berth.Control.Store;
using Berth.Server.Dashboard;

namespace Berth.Server.Api;

/// <summary>
/// Lets in whoever shows a token, and nobody else: every path is closed but those named here. A new endpoint is closed without anyone
/// thinking of it. The dashboard's endpoints are open to those whom <see cref="SessionAuthentication"/> has admitted to them.
/// </summary>
internal sealed class TokenAuthentication(RequestDelegate next, TokenStore tokens)
{
    private static readonly HashSet<string> Open = ["/healthz", "/openapi/v1.json"];

    public Task InvokeAsync(HttpContext http)
    {
        if (Open.Contains(http.Request.Path.Value ?? "") || http.Features.Get<Admission>() is not null || (BearerOf(http.Request) is { } secret && tokens.Find(secret) is not null))
            return next(http);
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemResults.WriteAsync(http, StatusCodes.Status401Unauthorized, "token-needed",
            http.Request.Headers.Authorization.Count == 0
                ? "this needs a token: set BERTH_TOKEN or run `berth login`; on the server itself the admin token is in the state folder"
                : "the token is not known here; it may have been revoked, or be for another server");
    }

    private static string? BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }
}
