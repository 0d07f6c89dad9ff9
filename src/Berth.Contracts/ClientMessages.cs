using System.Net;

namespace Berth.Contracts;

/// <summary>What the client tells people when a server does not answer as one should.</summary>
public static class ClientMessages
{
    public static string Unreachable(ServerAddress server, string reason) =>
        $"the Berth server at {server.Text} cannot be reached: {reason}; start it with \"berth server\", or set BERTH_URL to where it runs";

    public static string NoAnswer(ServerAddress server, TimeSpan limit) =>
        $"the Berth server at {server.Text} gave no answer within {limit.TotalSeconds:0} s; see its log, or try again";

    public static string ConnectionLost(ServerAddress server) =>
        $"the connection to the Berth server at {server.Text} was lost before its answer was complete; see that it runs, then try again";

    public static string Redirected(ServerAddress server, string? location) =>
        $"{server.Text} redirects to {location ?? "elsewhere"}; set BERTH_URL to the server's own address";

    public static string NotBerth(ServerAddress server) =>
        $"{server.Text} answers, but not as a Berth server does; check BERTH_URL";

    public static string LineTooLong(ServerAddress server, int limit) =>
        $"the Berth server at {server.Text} sent a line of more than {limit} bytes; client and server may be of different versions";

    public static string Status(ServerAddress server, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"the Berth server at {server.Text} does not accept the token; log in with \"berth login {server.Text}\", or set BERTH_TOKEN",
        HttpStatusCode.Forbidden => $"the Berth server at {server.Text} does not allow this with the token in use",
        HttpStatusCode.RequestEntityTooLarge => "the source is larger than the server takes; leave out what is not needed with .gitignore or .dockerignore",
        _ => $"the Berth server at {server.Text} answered {(int)status} {status}",
    };
}
