using Berth.Control.Access;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Who may use the server, and for what.</summary>
public sealed class TokenOperations(TokenStore tokens)
{
    private const int MaxNameLength = 100;
    private const int MaxApps = 100;

    /// <param name="role">Null: an admin.</param>
    /// <param name="apps">For a viewer none means all.</param>
    public Outcome<(Token Token, string Secret)> Create(string name, string? role, IReadOnlyList<string> apps)
    {
        if (name.Trim().Length is 0 or > MaxNameLength)
            return OperationErrors.BadTokenName(MaxNameLength);
        if (Role(role ?? "admin") is not { } known)
            return OperationErrors.BadRole(role!);
        if (known == TokenRole.Admin && apps.Count > 0)
            return OperationErrors.AdminWithApps();
        if (known == TokenRole.Deployer && apps.Count == 0)
            return OperationErrors.DeployerWithoutApps();
        if (apps.Count > MaxApps)
            return OperationErrors.TooManyApps(MaxApps);
        if (apps.Select(Names.AppProblem).FirstOrDefault(p => p is not null) is { } problem)
            return OperationErrors.BadName(problem);
        return tokens.Create(name.Trim(), new(known, apps.Count == 0 ? null : [.. apps.Distinct(StringComparer.Ordinal)]));
    }

    public Outcome<string> Revoke(string idOrName) => tokens.Revoke(idOrName) ? idOrName : OperationErrors.TokenNotFound(idOrName);

    private static TokenRole? Role(string word) => Enum.GetValues<TokenRole>().Where(r => Grant.Word(r) == word).Select(r => (TokenRole?)r).FirstOrDefault();
}
