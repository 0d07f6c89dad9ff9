using Berth.Control.Access;
using Berth.Server.Api;

namespace Berth.Server.Git;

/// <summary>git's smart HTTP: <c>/git/APP.git</c>. A user name is not needed; the password is a token.</summary>
internal static class GitEndpoints
{
    /// <summary>All paths below are git's, and answered in the way that git shows to people.</summary>
    public const string Prefix = "/git";

    public static void AddGit(this IServiceCollection services)
    {
        services.AddSingleton<GitRepositories>().AddSingleton<GitExchange>().AddSingleton<CommitArchive>().AddSingleton<PushDeployment>();
        services.AddHostedService<HookListener>();
    }

    public static void MapGit(this WebApplication app)
    {
        var git = app.MapGroup(Prefix + "/{repository}").Needs(Permission.Deploy, Subject.Repository).ExcludeFromDescription();
        git.MapGet("/info/refs", (string repository, string? service, HttpContext http, GitExchange exchange) => exchange.AdvertiseAsync(http, repository, service));
        git.MapPost("/git-upload-pack", (string repository, HttpContext http, GitExchange exchange) => exchange.FetchAsync(http, repository)).WithSummary("Fetch by git");
        git.MapPost("/git-receive-pack", (string repository, HttpContext http, GitExchange exchange) => exchange.PushAsync(http, repository)).WithSummary("Push by git");
        app.MapFallback(Prefix + "/{**path}", http => RefuseAsync(http, StatusCodes.Status404NotFound, GitMessages.NoSuchPath(http.Request.Path))).Needs(Permission.View, Subject.Covered);
    }

    /// <summary>The git client shows the text of a refusal if it is plain.</summary>
    public static Task RefuseAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n");
    }
}
