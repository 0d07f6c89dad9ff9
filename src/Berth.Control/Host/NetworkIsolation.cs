using System.Diagnostics;

namespace Berth.Control.Host;

/// <summary>
/// Keeps sandboxes from the services of this machine and from a cloud's metadata; that they do not reach each other is the engine's work. Where the rules
/// cannot be had Berth runs without, and says so. For one caller at a time.
/// </summary>
public sealed class NetworkIsolation
{
    /// <summary>More hooks of one kind than anything makes: to remove them ends here at the latest.</summary>
    private const int MostHooks = 16;

    private readonly IsolationOptions _options;
    private readonly IsolationRules _rules;
    private readonly Family[] _families;
    private readonly TimeProvider _time;

    public NetworkIsolation(IsolationOptions options, TimeProvider time)
    {
        (_options, _rules, _time) = (options, new(options), time);
        _families =
        [
            // The engine puts its own rules before all others in FORWARD, and leaves DOCKER-USER before those.
            new("iptables", _rules.ForIPv4, [new("INPUT", _rules.ToHost), new("DOCKER-USER", _rules.Through)]),
            .. File.Exists("/proc/net/if_inet6") ? [new Family("ip6tables", _rules.ForIPv6, [new("INPUT", _rules.ToHost), new("FORWARD", _rules.Through)])] : Array.Empty<Family>(),
        ];
    }

    /// <summary>Why the rules were not in place when that was last looked at; null: they were.</summary>
    public string? Problem { get; private set; }

    /// <summary>Puts the rules in place, as they are to be now. Something else may have removed them since: firewalls are loaded anew.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        string? problem = null;
        foreach (var family in _families)
            problem ??= await ProblemOfAsync(family, ct);
        Problem = problem;
    }

    /// <summary>Why the rules are not in place now; null: they are. Changes nothing.</summary>
    public async Task<string?> MissingAsync(CancellationToken ct)
    {
        foreach (var family in _families)
        {
            foreach (var hook in family.Hooks)
            {
                if (await RunAsync(family.Program, ["-C", .. Of(hook)], ct) is not null)
                    return HostMessages.HookMissing(family.Program, hook.From, hook.Chain);
            }
        }
        return null;
    }

    /// <summary>What becomes of packets to this machine that no rule of its firewall is about: <c>ACCEPT</c> or <c>DROP</c>; null: that cannot be known.</summary>
    public async Task<string?> PolicyAsync(CancellationToken ct)
    {
        var rules = "";
        var problem = await RunAsync("iptables", ["-w", "-S", "INPUT"], async (process, token) => rules = await process.StandardOutput.ReadToEndAsync(token), ct);
        return problem is null && rules.Split('\n')[0].Split(' ') is ["-P", "INPUT", var policy] ? policy : null;
    }

    /// <summary>Removes them; that there are none is no error.</summary>
    public async Task RemoveAsync(CancellationToken ct)
    {
        foreach (var family in _families)
        {
            foreach (var hook in family.Hooks)
            {
                for (int i = 0; i < MostHooks && await RunAsync(family.Program, ["-D", .. Of(hook)], ct) is null; i++)
                {
                    // One less; there may be more.
                }
            }
            foreach (var hook in family.Hooks)
            {
                if (await RunAsync(family.Program, ["-F", hook.Chain], ct) is null)
                    await RunAsync(family.Program, ["-X", hook.Chain], ct);
            }
        }
    }

    private async Task<string?> ProblemOfAsync(Family family, CancellationToken ct)
    {
        var problem = await RestoreAsync(family, ct);
        foreach (var hook in family.Hooks)
        {
            if (problem is null && await RunAsync(family.Program, ["-C", .. Of(hook)], ct) is not null)
                problem = await RunAsync(family.Program, ["-I", .. Of(hook)], ct);
        }
        return problem;
    }

    private IReadOnlyList<string> Of(Hook hook) => [hook.From, "-i", _rules.Bridges, "-j", hook.Chain];

    private Task<string?> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct) => RunAsync(program, ["-w", .. arguments], use: null, ct);

    private Task<string?> RestoreAsync(Family family, CancellationToken ct) =>
        RunAsync(family.Program + "-restore", ["-w", "--noflush"], (process, _) => process.StandardInput.WriteAsync(family.Rules()), ct);

    /// <summary>Null if it did what it was asked, else why not.</summary>
    private async Task<string?> RunAsync(string program, IReadOnlyList<string> arguments, Func<Process, CancellationToken, Task>? use, CancellationToken ct)
    {
        try
        {
            var reason = await HostProgram.RunAsync(program, arguments, _options.ProgramLimit, _time, ct, use);
            return reason is null ? null : HostMessages.FirewallRefused(program, reason);
        }
        catch (FileNotFoundException)
        {
            return HostMessages.NoFirewallProgram(program);
        }
        catch (IOException e)
        {
            return HostMessages.FirewallRefused(program, e.Message);
        }
    }

    /// <summary>Leads what comes from sandboxes out of one of the system's chains into one of ours.</summary>
    private sealed record Hook(string From, string Chain);

    private sealed record Family(string Program, Func<string> Rules, IReadOnlyList<Hook> Hooks);
}
