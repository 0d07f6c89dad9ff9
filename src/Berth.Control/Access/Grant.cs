namespace Berth.Control.Access;

/// <summary>What a token is for.</summary>
public enum TokenRole
{
    /// <summary>Everything.</summary>
    Admin,

    /// <summary>All that concerns the apps it names, and nothing else.</summary>
    Deployer,

    /// <summary>Looking at apps, but not at the values of their variables.</summary>
    Viewer,
}

/// <summary>What can be asked of the server, in order: whoever may do one may do those before it.</summary>
public enum Permission
{
    /// <summary>To see what there is, without the values of variables.</summary>
    View,

    /// <summary>To change an app, to see its variables' values, and to run commands in it.</summary>
    Deploy,

    /// <summary>To change what all apps share.</summary>
    Administer,
}

/// <summary>What a token may do. Immutable.</summary>
/// <param name="Apps">Names of the apps it is for, which need not be there yet; null: all.</param>
public sealed record Grant(TokenRole Role, IReadOnlyList<string>? Apps)
{
    public static Grant All { get; } = new(TokenRole.Admin, null);

    public Permission Highest => Role switch
    {
        TokenRole.Admin => Permission.Administer,
        TokenRole.Deployer => Permission.Deploy,
        _ => Permission.View,
    };

    public bool Allows(Permission permission, string app) => permission <= Highest && Covers(app);

    /// <summary>Of what belongs to no app, or to all.</summary>
    public bool AllowsEverywhere(Permission permission) => permission <= Highest && Apps is null;

    /// <summary>What is not covered does not exist for the token.</summary>
    public bool Covers(string app) => Apps is null || Apps.Contains(app, StringComparer.Ordinal);

    public static string Word(TokenRole role) => role.ToString().ToLowerInvariant();
}
