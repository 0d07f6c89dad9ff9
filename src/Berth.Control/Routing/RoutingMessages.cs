namespace Berth.Control.Routing;

/// <summary>What is said about a router that does not start.</summary>
public static class RoutingMessages
{
    public static string RouterNotStarted(string program, string why) => $"the router {program} cannot be started: {why}; berth-router belongs beside berthd";

    public static string RouterExited(string program, int exitCode, string said) => $"the router {program} ended with exit code {exitCode}: {(said.Length == 0 ? "it said nothing" : said)}";

    public static string RouterSilent(string program, string socket, TimeSpan limit) => $"the router {program} did not answer on {socket} within {limit.TotalSeconds:0} s; its log is router.log in its state folder";
}
