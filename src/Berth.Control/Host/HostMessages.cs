namespace Berth.Control.Host;

/// <summary>All messages of this folder.</summary>
internal static class HostMessages
{
    public static string TookTooLong(string program, TimeSpan limit) => $"{program} did not end within {limit.TotalMinutes:0.#} minutes";

    public static string NoFirewallProgram(string program) => $"there is no {program} on this machine, so sandboxes can reach its own services; install it: apt-get install iptables";

    public static string HookMissing(string program, string from, string chain) => $"something has removed the {program} rule of {from} that leads to {chain}, so sandboxes can reach this machine's own services; berthd puts it back within minutes";

    public static string FirewallRefused(string program, string reason) => $"{program} refused the rules that keep sandboxes from this machine's own services: {reason}; berthd has to run as root, and the engine with its own iptables rules";
}
