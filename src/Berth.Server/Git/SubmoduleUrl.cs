namespace Berth.Server.Git;

/// <summary>Where a submodule is fetched from. Only URLs that need neither keys nor files of the server count.</summary>
internal static class SubmoduleUrl
{
    public static IReadOnlyList<string> Schemes { get; } = ["https", "http", "git"];

    /// <param name="parent">Where the repository that has the submodule was fetched from, for URLs relative to it; null: that is not known.</param>
    /// <returns>Null if it cannot be fetched.</returns>
    public static string? Resolve(string written, string? parent)
    {
        var relative = written.StartsWith("./", StringComparison.Ordinal) || written.StartsWith("../", StringComparison.Ordinal);
        if (relative && parent is null)
            return null;
        // git reads them as if the parent were a folder.
        var whole = relative ? Uri.TryCreate(new Uri(parent!.TrimEnd('/') + "/"), written, out var joined) ? joined : null : Uri.TryCreate(written, UriKind.Absolute, out var given) ? given : null;
        return whole is not null && Schemes.Contains(whole.Scheme) && whole.Host.Length > 0 ? whole.AbsoluteUri : null;
    }

    /// <summary>Without a password that may stand in it.</summary>
    public static string Shown(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length > 0 ? url.Replace(parsed.UserInfo + "@", "", StringComparison.Ordinal) : url;
}
