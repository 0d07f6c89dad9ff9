using System.Globalization;
using System.Net;
using Berth.Contracts;
using Berth.Control;
using Berth.Control.Host;
using Berth.Server.Hosting;

namespace Berth.Server.Doctor;

/// <summary>This machine: room, memory, tools, its firewall, and where Berth listens.</summary>
internal sealed class MachineLooks(ControlPlane control, ServerOptions server, ControlOptions state, DoctorOptions options)
{
    public IEnumerable<Look> All =>
    [
        new("state folder", _ => Now(Space("state folder", state.StateFolder))),
        new("engine's folder", EngineSpaceAsync),
        new("memory", MemoryAsync),
        new("disk tools", _ => Now(Tool("mkfs.ext4", "e2fsprogs", "ext4", isStandard: true), Tool("mkfs.xfs", "xfsprogs", "xfs"), Tool("mkfs.btrfs", "btrfs-progs", "btrfs"))),
        new("isolation", IsolationAsync),
        new("listeners", ListenersAsync),
    ];

    private static Task<IReadOnlyList<FindingInfo>> Now(params IReadOnlyList<FindingInfo> found) => Task.FromResult(found);

    private FindingInfo Space(string what, string folder) => DoctorMessages.Space(what, folder, new DriveInfo(folder).AvailableFreeSpace, options.LowSpaceBytes, state.DiskReserveBytes);

    private async Task<IReadOnlyList<FindingInfo>> EngineSpaceAsync(CancellationToken ct) =>
        await control.Images.DataFolderAsync(ct) is { } folder && Directory.Exists(folder) ? [Space("engine's folder", folder)] : [];

    /// <summary>What the kernel says could be given to programs without swapping.</summary>
    private async Task<IReadOnlyList<FindingInfo>> MemoryAsync(CancellationToken ct)
    {
        var line = (await File.ReadAllLinesAsync("/proc/meminfo", ct)).First(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var kilobytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture);
        return [DoctorMessages.Memory(kilobytes << 10, options.LowMemoryBytes)];
    }

    private static FindingInfo Tool(string program, string package, string fileSystem, bool isStandard = false) => DoctorMessages.Tool(program, package, fileSystem, HostProgram.IsThere(program), isStandard);

    private async Task<IReadOnlyList<FindingInfo>> IsolationAsync(CancellationToken ct)
    {
        if (control.Isolation is not { } isolation)
            return [DoctorMessages.NoIsolation()];
        return [DoctorMessages.Isolation(isolation.Problem ?? await isolation.MissingAsync(ct))];
    }

    private async Task<IReadOnlyList<FindingInfo>> ListenersAsync(CancellationToken ct)
    {
        var policy = control.Isolation is { } isolation ? await isolation.PolicyAsync(ct) : null;
        (string What, IPEndPoint? At, bool IsApi)[] listeners = [("API and dashboard", server.Api, true), ("apps' visitors", server.Http, false), ("apps' visitors with TLS", server.Https, false)];
        return [.. from listener in listeners where listener.At is not null select DoctorMessages.Listener(listener.What, listener.At, policy, listener.IsApi)];
    }
}
