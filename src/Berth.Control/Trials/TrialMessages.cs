using Berth.Planning;

namespace Berth.Control.Trials;

/// <summary>All messages of this folder.</summary>
internal static class TrialMessages
{
    public const string RouterAway = "the router does not answer";

    public static string NotProven(string release, TimeSpan tried, string problem) => $"no request through the router was answered by {release} within {Math.Max(1, tried.TotalSeconds):0} s: {problem}";

    public static string NotTried(string release, string why) => $"{release} could not be tried: {why}";

    public static string NoAnswer(string path, string host) => $"GET {path} at {host} got no answer";

    public static string NotVisited(string path, string host, string why) => $"GET {path} at {host} failed: {why}";

    public static string AnsweredByRouter(string path, string host, int status) =>
        $"GET {path} at {host} got {status} from the router instead of an answer of the app; a service that listens but speaks no HTTP says so by health = {{ type = \"process\" }}";

    public static string AnsweredByAnother(string path, string host, int status) => $"GET {path} at {host} got {status} from a sandbox of another release";

    public static string Worse(string release, RequestCount now, RequestCount before) =>
        $"{release} does worse than the release before it: {now.Errors} of {now.Requests} requests ended with a status of 500 or more or without an answer, with the release before {before.Errors} of {before.Requests}";
}
