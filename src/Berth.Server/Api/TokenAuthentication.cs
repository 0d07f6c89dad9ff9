using System.Text;
using Berth.Control.Store;
using Berth.Server.Dashboard;
using Berth.Server.Git;

namespace Berth.Server.Api;

/// <summary>
/// Lets in whoever shows a token, and nobody else, but to endpoints that are open to all; what a token opens is decided by <see cref="AccessCheck"/>. The dashboard's endpoints are open to those whom <see cref="SessionAuthentication"/> has admitted to them. git can only show a password, so
/// under its own paths the token may come as one.
/// </summary>
internal sealed class TokenAuthentication(RequestDelegate next, TokenStore tokens)
{
    public Task InvokeAsync(HttpContext http)
    {
        var git = http.Request.Path.StartsWithSegments(GitEndpoints.Prefix);
        if (http.GetEndpoint()?.Metadata.GetMetadata<Need>() is { Permission: null } || http.Features.Get<Admission>() is not null)
            return next(http);
        if (SecretOf(http.Request, git) is { } secret && tokens.Find(secret) is { } token)
        {
            http.Features.Set(token);
            return next(http);
        }
        if (git)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Berth\", charset=\"UTF-8\"";
            return GitEndpoints.RefuseAsync(http, StatusCodes.Status401Unauthorized, http.Request.Headers.Authorization.Count == 0 ? GitMessages.TokenNeeded : GitMessages.TokenUnknown);
        }
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemResults.WriteAsync(http, StatusCodes.Status401Unauthorized, "token-needed",
            http.Request.Headers.Authorization.Count == 0
                ? "this needs a token: set BERTH_TOKEN or run `berth login`; on the server itself the admin token is in the state folder"
                : "the token is not known here; it may have been revoked, or be for another server");
    }

    private static string? SecretOf(HttpRequest request, bool passwords)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return header["Bearer ".Length..].Trim();
        return passwords && header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? PasswordIn(header["Basic ".Length..].Trim()) : null;
    }

    /// <summary>Of <c>user:password</c> in base 64.</summary>
    private static string? PasswordIn(string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? pair[(colon + 1)..] : null;
    }
}
