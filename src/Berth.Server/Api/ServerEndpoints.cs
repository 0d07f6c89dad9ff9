using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>The server itself and the tokens that open it.</summary>
internal static class ServerEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/version", VersionAsync).Needs(Permission.View, Subject.Covered).WithSummary("Versions of Berth and of the engine");
        api.MapGet("/tokens", (ControlPlane control) => (IReadOnlyList<TokenInfo>)[.. control.Stores.Tokens.List().Select(Info)]).Needs(Permission.Administer, Subject.Server).WithSummary("All tokens, without their secrets");
        api.MapPost("/tokens", Create).Needs(Permission.Administer, Subject.Server).WithSummary("Make a token; its secret is shown this once").Produces<TokenCreated>(201);
        api.MapDelete("/tokens/{id}", Revoke).Needs(Permission.Administer, Subject.Server).WithSummary("Revoke a token by id or name").Produces(204);
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

    private static TokenInfo Info(Control.Store.Token token) => new(token.Id, token.Name, token.CreatedAt, token.LastUsedAt) { Role = Grant.Word(token.Grant.Role), Apps = token.Grant.Apps };

    private static IResult Create(TokenRequest request, HttpContext http, ControlPlane control)
    {
        http.Note($"{request.Name}, {request.Role ?? "admin"}{(request.Apps is { Count: > 0 } apps ? $" of {string.Join(", ", apps)}" : "")}");
        var created = control.Tokens.Create(request.Name, request.Role, request.Apps ?? []);
        if (created.Error is { } error)
            return ProblemResults.From(error);
        var (token, secret) = created.Value;
        return Results.Created($"/v1/tokens/{token.Id}", new TokenCreated(token.Id, token.Name, secret));
    }

    private static IResult Revoke(string id, ControlPlane control) => control.Tokens.Revoke(id).Error is { } error ? ProblemResults.From(error) : Results.NoContent();
}
