using System.Net;
using System.Text;
using Berth.Contracts;
using Berth.Control;
using Berth.Model;

namespace Berth.Server.Doctor;

/// <summary>The engine: its version, clock and control groups, what its containers have opened, and whether names are answered in sandboxes.</summary>
internal sealed class EngineLooks(ControlPlane control, DoctorOptions options, TimeProvider time)
{
    /// <summary>By what the image has of the two usual programs; the name is its argument.</summary>
    private const string LookUp = "if command -v getent >/dev/null; then getent hosts \"$0\"; elif command -v nslookup >/dev/null; then nslookup \"$0\"; else exit 127; fi";

    private const int NoSuchProgram = 127;

    public IEnumerable<Look> All => [new("engine", EngineAsync), new("published ports", StateAsync), new("names in sandboxes", NamesAsync)];

    private async Task<IReadOnlyList<FindingInfo>> EngineAsync(CancellationToken ct) => [DoctorMessages.Engine(await control.Engine.InfoAsync(ct))];

    private async Task<IReadOnlyList<FindingInfo>> StateAsync(CancellationToken ct)
    {
        var asked = time.GetUtcNow();
        var state = await control.Engine.StateAsync(ct);
        // It was asked somewhere between the two: the answer is compared with the nearer one.
        var now = time.GetUtcNow();
        var apart = state.Clock < asked ? state.Clock - asked : state.Clock > now ? state.Clock - now : TimeSpan.Zero;
        return
        [
            DoctorMessages.Clock(apart, apart.Duration() <= options.ClockTolerance),
            DoctorMessages.Cgroup(state.CgroupVersion),
            .. state.Unguarded.Select(listener => DoctorMessages.Unguarded(listener, IsLocal(listener.Address))),
            .. state.Published.Count == 0 ? [DoctorMessages.NothingPublished()] : state.Published.Select(port => DoctorMessages.Published(port, IsLocal(port.Address))),
        ];
    }

    /// <param name="address">With or without a port.</param>
    private static bool IsLocal(string address) =>
        address.StartsWith("localhost:", StringComparison.Ordinal) || (IPEndPoint.TryParse(address, out var endpoint) && IPAddress.IsLoopback(endpoint.Address));

    /// <summary>In the first sandbox that has a program to ask with, for its own service.</summary>
    private async Task<IReadOnlyList<FindingInfo>> NamesAsync(CancellationToken ct)
    {
        foreach (var sandbox in (await control.Engine.ListSandboxesAsync(app: null, ct)).Where(s => s is { State: SandboxState.Running, Role: SandboxRole.Service }))
        {
            var (exitCode, printed) = await RunAsync(sandbox.Id, ["/bin/sh", "-c", LookUp, sandbox.Service], ct);
            if (exitCode == 0)
                return [DoctorMessages.Names(sandbox.Id, sandbox.Service)];
            if (exitCode is not (null or NoSuchProgram or NoSuchProgram - 1))
                return [DoctorMessages.NoNames(sandbox.Id, sandbox.Service, printed.Length == 0 ? "no answer" : printed)];
        }
        return [DoctorMessages.NoDockerNames()];
    }

    private async Task<(int? ExitCode, string Printed)> RunAsync(string sandbox, IReadOnlyList<string> command, CancellationToken ct)
    {
        await using var session = await control.Engine.ExecAsync(sandbox, new() { Command = command }, ct);
        var printed = new StringBuilder();
        await foreach (var chunk in session.ReadAsync(ct))
            printed.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return (await session.ExitCodeAsync(ct), printed.ToString().Trim().ReplaceLineEndings(" "));
    }
}
