namespace Berth.Model;

/// <summary>
/// What apps and services may be called. An app's name becomes a host name, a Docker network and a folder; a service's
/// name becomes a DNS name inside the app's network. Both are checked here and nowhere else.
/// </summary>
public static class Names
{
    /// <summary>Longest app name: with <c>.localhost</c> and a service in front it stays a valid DNS label.</summary>
    public const int MaxAppLength = 40;

    /// <summary>Longest service name: a DNS label.</summary>
    public const int MaxServiceLength = 63;

    public const int MaxDiskLength = 63;

    /// <summary>Names that mean something else to Berth or to DNS.</summary>
    private static readonly HashSet<string> Reserved = ["berth", "berthd", "default", "localhost", "router", "stack", "none", "host", "bridge"];

    /// <summary>Null if <paramref name="name"/> may name an app, else what is wrong with it and what to write instead.</summary>
    public static string? AppProblem(string name)
    {
        if (name.Length == 0)
            return "an app name is missing; use 1 to 40 lower-case letters, digits and dashes";
        if (name.Length > MaxAppLength)
            return $"app name \"{Shown(name)}\" has {name.Length} characters; use at most {MaxAppLength}";
        if (!name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            return $"app name \"{Shown(name)}\" has characters other than lower-case letters, digits and dashes; {Suggest(name)}";
        if (name[0] == '-' || name[^1] == '-')
            return $"app name \"{name}\" begins or ends with a dash; {Suggest(name)}";
        if (Reserved.Contains(name))
            return $"app name \"{name}\" is reserved; choose another, for example \"{name}-app\"";
        return null;
    }

    /// <summary>Null if <paramref name="name"/> may name a service (<c>[A-Za-z0-9_-]+</c>, at most 63), else what is wrong.</summary>
    public static string? ServiceProblem(string name)
    {
        if (name.Length == 0)
            return "a service name is missing; use letters, digits, dashes and underscores";
        if (name.Length > MaxServiceLength)
            return $"service name \"{Shown(name)}\" has {name.Length} characters; use at most {MaxServiceLength}";
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return $"service name \"{Shown(name)}\" has characters other than letters, digits, dashes and underscores";
        return null;
    }

    /// <summary>May it name a disk? The name becomes a folder's.</summary>
    public static bool IsDisk(string name) =>
        name.Length is > 0 and <= MaxDiskLength && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The nearest valid app name to any text (a folder's name, say); <c>app</c> where nothing is left of it.</summary>
    public static string ToAppName(string text)
    {
        var kept = new string([.. text.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '-')]);
        while (kept.Contains("--", StringComparison.Ordinal))
            kept = kept.Replace("--", "-", StringComparison.Ordinal);
        kept = kept.Trim('-');
        if (kept.Length > MaxAppLength)
            kept = kept[..MaxAppLength].TrimEnd('-');
        return kept.Length == 0 ? "app" : Reserved.Contains(kept) ? kept + "-app" : kept;
    }

    /// <summary>Only these two receive HTTP from outside (SPEC section 9; Deis: "the web and cmd process types are special").</summary>
    public static bool IsRoutable(string service) => service is "web" or "cmd";

    /// <summary>The DNS names under which the other services of its app find a service (SPEC section 10).</summary>
    public static IReadOnlyList<string> InNetwork(string service)
    {
        var name = service.ToLowerInvariant();
        return [name, $"{name}.app.miren", $"{name}.app.berth"];
    }

    /// <summary>What the lines of a sidecar are marked with in logs: <c>web/log-shipper</c> for the sidecar <c>log shipper</c>.</summary>
    public static string LogSource(string service, string sidecar) =>
        $"{service}/{new string([.. sidecar.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')])}";

    private static string Suggest(string name) => $"for example \"{ToAppName(name)}\"";

    private static string Shown(string name) => name.Length <= 60 ? name : name[..57] + "…";
}
