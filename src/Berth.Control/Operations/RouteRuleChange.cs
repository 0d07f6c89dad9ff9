using System.Net;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>What is to become different in a route's rules. Null members stay as they are.</summary>
public sealed record RouteRuleChange
{
    private const int MaxNetworks = 1000;
    private const int MaxLoginLength = 256;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>Zero: the router's own limit.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    /// <summary>An empty user: no password any more.</summary>
    public (string User, string Password)? Login { get; init; }

    /// <summary>Networks in CIDR form or single addresses; none: everybody may come.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    public bool? HttpsOnly { get; init; }

    /// <summary>Zero percent: no share any more.</summary>
    public RouteSplit? Split { get; init; }

    /// <summary>The rules with the change; an error if a value of it is none.</summary>
    public Outcome<RouteRules> ApplyTo(RouteRules rules)
    {
        if (ResponseTimeout is { } timeout)
        {
            if (timeout < TimeSpan.Zero || timeout > LongestTimeout)
                return OperationErrors.BadRouteTimeout(timeout, LongestTimeout);
            rules = rules with { ResponseTimeout = timeout == TimeSpan.Zero ? null : timeout };
        }
        if (Login is var (user, password))
        {
            if (user.Length > 0 && Problem(user, password) is { } problem)
                return problem;
            rules = rules with { Login = user.Length == 0 ? null : new RouteLogin(user, PasswordHash.Create(password)) };
        }
        if (Allow is { } allow)
        {
            if (allow.Count > MaxNetworks)
                return OperationErrors.TooManyNetworks(MaxNetworks);
            foreach (var text in allow)
            {
                if (Network(text) is null)
                    return OperationErrors.BadNetwork(text);
            }
            rules = rules with { Allow = allow.Count == 0 ? null : [.. allow.Select(text => Network(text)!).Distinct()] };
        }
        if (HttpsOnly is { } httpsOnly)
            rules = rules with { HttpsOnly = httpsOnly };
        if (Split is { } split)
        {
            if (split.Percent is < 0 or > 99)
                return OperationErrors.BadShare(split.Percent);
            rules = rules with { Split = split.Percent == 0 ? null : split };
        }
        return rules;
    }

    private static OperationError? Problem(string user, string password) =>
        user.Length > MaxLoginLength || user.Contains(':', StringComparison.Ordinal) || user.Any(char.IsControl) ? OperationErrors.BadUser(user)
        : password.Length is 0 or > MaxLoginLength || password.Any(char.IsControl) ? OperationErrors.BadPassword(MaxLoginLength)
        : null;

    /// <summary>In the one form that all who read it understand.</summary>
    private static string? Network(string text) =>
        IPAddress.TryParse(text, out var address) ? $"{address}/{address.GetAddressBytes().Length * 8}"
        : IPNetwork.TryParse(text, out var network) ? network.ToString()
        : null;
}
