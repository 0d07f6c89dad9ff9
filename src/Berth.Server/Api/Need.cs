using Berth.Control.Access;

namespace Berth.Server.Api;

/// <summary>
/// What an endpoint needs of its caller. Every endpoint says it where it is mapped, and nowhere else; one that says nothing is refused
/// (<see cref="AccessCheck"/>).
/// </summary>
/// <param name="Permission">Null: none, not even a token.</param>
internal sealed record Need(Permission? Permission, Subject Subject)
{
    /// <summary>The route's value that names the subject; null: it is named elsewhere, or is all.</summary>
    public string? Key => Subject switch
    {
        Subject.App => "app",
        Subject.Deployment or Subject.Sandbox or Subject.Drain => "id",
        Subject.Crash => "sandbox",
        Subject.Route => "address",
        Subject.Repository => "repository",
        _ => null,
    };
}

internal static class NeedExtensions
{
    /// <summary>To a caller whose token grants this of the app that the request is about.</summary>
    public static T Needs<T>(this T endpoint, Permission permission, Subject subject = Subject.App)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Need(permission, subject));

    /// <summary>To everybody.</summary>
    public static T Open<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Need(null, Subject.Server));
}
