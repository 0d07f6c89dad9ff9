using System.Diagnostics;
using System.Runtime.InteropServices;
using Berth.Control.Disks;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Engines.Docker;

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
        await StopServerAsync(options, ct);
        using var router = new RouterProcess(BerthServer.RouterOptions(options), time);
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

    private static async Task StopServerAsync(ServerOptions options, CancellationToken ct)
    {
        if (StateLock.Holder(options.StateFolder) is not { } pid)
            return;
        try
        {
            using var process = Process.GetProcessById(pid);
            _ = Kill(pid, Sigterm);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(ServerLimit);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (ArgumentException)
        {
            // It ended between the look and the signal.
        }
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

    private const int Sigterm = 15;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}
