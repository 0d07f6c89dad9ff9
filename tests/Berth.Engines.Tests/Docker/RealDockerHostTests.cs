using System.Diagnostics;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;

namespace Berth.Engines.Tests.Docker;

/// <summary>A real engine of Berth's own: started, found again, outliving who started it, stopped.</summary>
public sealed class RealDockerHostTests : IAsyncLifetime
{
    private readonly TemporaryFolder _state = new();
    private DockerHostOptions _options = null!;

    public ValueTask InitializeAsync()
    {
        // The engine of this test run is asked for only to see whether real engines are wanted at all.
        Assert.SkipUnless(Environment.GetEnvironmentVariable("BERTH_TEST_DOCKER") is not null, "no real engine: BERTH_TEST_DOCKER is not set");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to start an engine");
        Assert.SkipUnless(File.Exists("/usr/sbin/dockerd") || File.Exists("/usr/bin/dockerd"), "dockerd is not installed");
        _options = new DockerHostOptions
        {
            StateDirectory = _state.Path,
            RuntimeDirectory = _state.File("run"),
            SystemSocket = _state.File("none.sock"),
            // The default bridge and the firewall's chains are shared with other engines of this machine: an engine that
            // starts makes the chains anew, under the feet of the others.
            ExtraArguments = ["--bridge=none", "--iptables=false"],
        };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_options is not null && File.Exists(_state.File("docker/dockerd.pid")))
            await (await DockerHost.FindOrStartAsync(_options, TimeProvider.System, CancellationToken.None)).StopAsync(CancellationToken.None);
        // An engine mounts its data root on itself; one that was killed does not take that back.
        foreach (var line in File.ReadLines("/proc/mounts").Where(l => l.Contains(_state.Path, StringComparison.Ordinal)).Reverse().ToList())
            await Process.Start("umount", ["-l", line.Split(' ')[1]]).WaitForExitAsync();
        _state.Dispose();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_is_started_found_again_and_stopped()
    {
        var first = await FindAsync();
        var pid = Pid();
        var second = await FindAsync();

        Assert.True(first.IsOwn);
        Assert.Equal((first.Socket, true), (second.Socket, second.IsOwn));
        Assert.Equal(pid, Pid());
        Assert.True(first.Socket.Length < 108);
        // A session of its own: neither a terminal's Ctrl-C nor the end of this process group reaches it.
        Assert.NotEqual(SessionOf(Environment.ProcessId), SessionOf(pid));
        Assert.Equal(pid, SessionOf(pid));

        await second.StopAsync(Ct);
        await second.StopAsync(Ct);

        Assert.False(Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z "));
    }

    [Fact]
    public async Task An_engine_that_was_killed_is_started_again_and_its_sandboxes_have_run_on()
    {
        var host = await FindAsync();
        var options = new DockerEngineOptions { Socket = host.Socket, Owner = "me" };
        using var engine = new DockerEngine(options, TimeProvider.System);
        using var images = new DockerImages(options, TimeProvider.System);
        var image = await BusyboxImage.EnsureAsync(images, Ct);
        var spec = new SandboxSpec
        {
            Id = "demo-web-1",
            App = "demo",
            ReleaseId = "demo-v1",
            Service = "web",
            PoolId = "pool-1",
            ImageId = image.Id,
            Command = ["sleep", "1000"],
            Env = [],
            Network = RealEngine.NewNetwork("demo"),
            MemoryBytes = 16 * ByteSize.MiB,
        };
        await engine.EnsureNetworkAsync(spec.Network, Ct);
        await engine.StartSandboxAsync(spec, Ct);
        var before = Assert.Single(await engine.ListSandboxesAsync(null, Ct));

        using (var daemon = Process.GetProcessById(Pid()))
        {
            daemon.Kill();
            await daemon.WaitForExitAsync(Ct);
        }
        Assert.Equal(EngineError.Unreachable, (await Assert.ThrowsAsync<EngineException>(() => engine.ListSandboxesAsync(null, Ct))).Error);
        await FindAsync();

        var after = Assert.Single(await engine.ListSandboxesAsync(null, Ct));
        Assert.Equal((SandboxState.Running, before.StartedAt, before.Address), (after.State, after.StartedAt, after.Address));
        await engine.RemoveSandboxAsync(spec.Id, Ct);
        await engine.RemoveNetworkAsync("demo", Ct);
    }

    [Fact]
    public async Task The_number_of_another_process_in_the_pid_file_is_not_taken_for_the_engine()
    {
        Directory.CreateDirectory(_state.File("docker"));
        await File.WriteAllTextAsync(_state.File("docker/dockerd.pid"), $"{Environment.ProcessId}", Ct);

        var host = await FindAsync();

        Assert.NotEqual(Environment.ProcessId, Pid());
        await host.StopAsync(Ct);
    }

    private Task<DockerHost> FindAsync() => DockerHost.FindOrStartAsync(_options, TimeProvider.System, Ct);

    private int Pid() => int.Parse(File.ReadAllText(_state.File("docker/dockerd.pid")));

    /// <summary>The sixth word of its stat line; the second, in brackets, may have blanks.</summary>
    private static int SessionOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
    }
}
