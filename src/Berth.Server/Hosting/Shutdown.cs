using Berth.Control.Disks;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Engines.Docker;
using Berth.Engines.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Server.Hosting;

/// <summary><c>berthd down</c>: ends all that Berth runs on this machine and keeps all that it knows. The next <c>berthd</c> starts the apps again.</summary>
internal static class Shutdown
{
    private static readonly TimeSpan ServerLimit = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(ServerOptions options, CancellationToken ct)
    {
        if (!Directory.Exists(options.StateFolder))
        {
            Console.WriteLine($"nothing to stop: there is no {options.StateFolder}");
            return;
        }
        var time = TimeProvider.System;
        await StopServerAsync(options, time, ct);
        using var router = new RouterProcess(BerthServer.RouterOptions(options), time, NullLogger<RouterProcess>.Instance);
        await router.StopAsync(ct);
        await StopSandboxesAsync(options, time, ct);
        using (var state = StateStore.Open(Path.Combine(options.StateFolder, "berth.db")))
        {
            var stores = new Stores(state, time);
            await BerthServer.IsolationOf(options, BerthServer.OwnerOf(stores, time), time).RemoveAsync(ct);
            await DiskShutdown.RunAsync(stores.Disks, BerthServer.ControlOptionsOf(options), time, ct);
        }
        Console.WriteLine("berthd, router and sandboxes are stopped");
    }

    private static async Task StopServerAsync(ServerOptions options, TimeProvider time, CancellationToken ct)
    {
        if (StateLock.Holder(options.StateFolder) is not { } pid)
            return;
        if (!await ForeignProcess.TerminateAsync(pid, ServerLimit, time, ct))
            throw new InvalidOperationException($"berthd (process {pid}) did not end within {ServerLimit.TotalSeconds:0} s; end it by `kill -9 {pid}`, then the rest by `berthd down`");
    }

    private static async Task StopSandboxesAsync(ServerOptions options, TimeProvider time, CancellationToken ct)
    {
        if (await DockerHost.FindAsync(BerthServer.EngineHostOptions(options), time, ct) is not { } host)
            return;
        using (var state = StateStore.Open(Path.Combine(options.StateFolder, "berth.db")))
        {
            using var engine = new DockerEngine(new() { Socket = host.Socket, Owner = BerthServer.OwnerOf(new Stores(state, time), time) }, time);
            var sandboxes = await engine.ListSandboxesAsync(app: null, ct);
            await Parallel.ForEachAsync(sandboxes, ct, async (sandbox, token) =>
            {
                await engine.StopSandboxAsync(sandbox.Id, token);
                await engine.RemoveSandboxAsync(sandbox.Id, token);
            });
            foreach (var app in await engine.ListNetworksAsync(ct))
                await engine.RemoveNetworkAsync(app, ct);
        }
        await host.StopAsync(ct);
    }
}
