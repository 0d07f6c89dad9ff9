namespace Berth.Control.Drains;

/// <summary>Where log lines are sent, as people write it.</summary>
internal static class DrainUrl
{
    public const int SyslogPort = 514;
    public const int SyslogTlsPort = 6514;

    private const int MaxLength = 2048;

    /// <summary>Characters; what services give as a key in the path has 20 and more.</summary>
    private const int ShortestKey = 16;

    /// <summary>What is wrong with it; null: nothing.</summary>
    public static string? Problem(string text)
    {
        if (text.Length > MaxLength)
            return $"it has more than {MaxLength} characters";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            return "it is no URL";
        if (url.Scheme is not ("syslog" or "syslog+tls" or "http" or "https"))
            return $"{url.Scheme}:// is none of syslog://, syslog+tls://, http:// and https://";
        if (url.Host.Length == 0)
            return "it names no host";
        return IsSyslog(url) && (url.PathAndQuery is not ("" or "/") || url.UserInfo.Length > 0) ? "syslog takes a host and a port and nothing else" : null;
    }

    public static bool IsSyslog(Uri url) => url.Scheme is "syslog" or "syslog+tls";

    /// <summary>For listings and messages: without the password, and without what is often a key: the query, and a long part of the path with letters and digits. Also of what is no URL.</summary>
    public static string Shown(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            return text.LastIndexOf('@') is var at and >= 0 ? $"***{text[at..].Split('?')[0]}" : text.Split('?')[0];
        return $"{url.Scheme}://{User(url)}{url.Authority}{(url.Scheme is "http" or "https" ? Path(url) : "")}{(url.Query.Length > 0 ? "?***" : "")}";
    }

    private static string Path(Uri url) => string.Join('/', url.AbsolutePath.Split('/').Select(part => MayBeKey(part) ? "***" : part));

    private static bool MayBeKey(string part) => part.Length >= ShortestKey && part.Any(char.IsAsciiDigit) && part.Any(char.IsAsciiLetter);

    /// <summary>A name without a password is a key.</summary>
    private static string User(Uri url) => url.UserInfo.Split(':') switch
    {
        [""] => "",
        [_] => "***@",
        [var name, ..] => $"{name}:***@",
        [] => "",
    };
}
