using System.Net;

namespace Berth.Contracts;

/// <summary>What the client tells people when a server does not answer as one should.</summary>
public static class ClientMessages
{
    public static string Unreachable(Uri url, string reason) =>
        $"the Berth server at {Shown(url)} cannot be reached: {reason}; start it with \"berth server\", or set BERTH_URL to where it runs";

    public static string NoAnswer(Uri url, TimeSpan limit) =>
        $"the Berth server at {Shown(url)} gave no answer within {limit.TotalSeconds:0} s; see its log, or try again";

    public static string ConnectionLost(Uri url) =>
        $"the connection to the Berth server at {Shown(url)} was lost before its answer was complete; see that it runs, then try again";

    public static string Redirected(Uri url, string? location) =>
        $"{Shown(url)} redirects to {location ?? "elsewhere"}; set BERTH_URL to the server's own address";

    public static string NotBerth(Uri url) =>
        $"{Shown(url)} answers, but not as a Berth server does; check BERTH_URL";

    public static string LineTooLong(Uri url, int limit) =>
        $"the Berth server at {Shown(url)} sent a line of more than {limit} bytes; client and server may be of different versions";

    public static string Status(Uri url, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"the Berth server at {Shown(url)} does not accept the token; log in with \"berth login {Shown(url)}\", or set BERTH_TOKEN",
        HttpStatusCode.Forbidden => $"the Berth server at {Shown(url)} does not allow this with the token in use",
        HttpStatusCode.RequestEntityTooLarge => "the source is larger than the server takes; leave out what is not needed with .gitignore or .dockerignore",
        _ => $"the Berth server at {Shown(url)} answered {(int)status} {status}",
    };

    private static string Shown(Uri url) => url.GetLeftPart(UriPartial.Path).TrimEnd('/');
}
