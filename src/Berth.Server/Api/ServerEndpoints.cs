using Berth.Contracts;
using Berth.Control;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>The server itself and the tokens that open it.</summary>
internal static class ServerEndpoints
{
    private const int MaxTokenName = 100;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/version", VersionAsync).WithSummary("Versions of Berth and of the engine");
        api.MapGet("/tokens", (ControlPlane control) => (IReadOnlyList<TokenInfo>)[.. control.Stores.Tokens.List().Select(t => new TokenInfo(t.Id, t.Name, t.CreatedAt, t.LastUsedAt))]).WithSummary("All tokens, without their secrets");
        api.MapPost("/tokens", Create).WithSummary("Make a token; its secret is shown this once").Produces<TokenCreated>(201);
        api.MapDelete("/tokens/{id}", Revoke).WithSummary("Revoke a token by id or name").Produces(204);
    }

    private static async Task<VersionInfo> VersionAsync(ControlPlane control, CancellationToken ct)
    {
        var version = typeof(ServerEndpoints).Assembly.GetName().Version!.ToString(3);
        try
        {
            var engine = await control.Engine.InfoAsync(ct);
            return new() { Version = version, Engine = $"{engine.Kind} {engine.Version}" };
        }
        catch (EngineException)
        {
            return new() { Version = version };
        }
    }

    private static IResult Create(TokenRequest request, ControlPlane control)
    {
        if (request.Name.Trim().Length is 0 or > MaxTokenName)
            return ProblemResults.Of(StatusCodes.Status422UnprocessableEntity, "bad-token-name", $"a token needs a name of 1 to {MaxTokenName} characters, so that it can be told from others");
        var (token, secret) = control.Stores.Tokens.Create(request.Name.Trim());
        return Results.Created($"/v1/tokens/{token.Id}", new TokenCreated(token.Id, token.Name, secret));
    }

    private static IResult Revoke(string id, ControlPlane control) => control.Stores.Tokens.Revoke(id)
        ? Results.NoContent()
        : ProblemResults.Of(StatusCodes.Status404NotFound, "token-not-found", $"there is no token \"{id}\"; `berth token list` shows those that are");
}
