namespace Berth.Model;

/// <summary>What holds for the requests of one route, beside where they lead. The router carries it out; nothing of it reaches the app.</summary>
public sealed record RouteRules
{
    public static RouteRules None { get; } = new();

    /// <summary>From the last byte of a request to the head of its response; then 504. Null: the router's own limit.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    /// <summary>Who may come in, by a password that the browser asks for; null: everybody.</summary>
    public RouteLogin? Login { get; init; }

    /// <summary>Networks in CIDR form from which requests may come; null: from everywhere.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Requests without TLS are sent to the same address with it.</summary>
    public bool HttpsOnly { get; init; }

    /// <summary>A share of the requests goes to another release of the app; null: none.</summary>
    public RouteSplit? Split { get; init; }
}

/// <param name="User">The one name that is let in.</param>
/// <param name="PasswordHash">As <see cref="Model.PasswordHash"/> makes it.</param>
public sealed record RouteLogin(string User, string PasswordHash);

/// <param name="Release">Label of the other release: <c>v5</c>.</param>
/// <param name="Percent">1 to 99.</param>
public sealed record RouteSplit(string Release, int Percent)
{
    /// <summary>The name under which the route table has the app's other release.</summary>
    public string AppName(string app) => $"{app}@{Release}";

    /// <summary>The app itself, whichever of its names in the route table is given.</summary>
    public static string OwnerOf(string appName) => appName.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? appName[..at] : appName;
}
