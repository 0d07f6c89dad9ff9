using System.Formats.Tar;
using System.Text;
using Berth.Engines.Cgroups;
using Berth.Engines.Docker;
using Berth.Engines.Docker.Wire;
using Berth.Model;
using Berth.Testing;

namespace Berth.Engines.Tests.Docker;

/// <summary>What only a real kernel can show: signals, limits, rights, names.</summary>
public sealed class RealSandboxes : IAsyncLifetime
{
    private EngineUnderTest _on = null!;

    public async ValueTask InitializeAsync() => _on = await EngineUnderTest.RealAsync();

    public async ValueTask DisposeAsync()
    {
        if (_on is not null)
            await _on.DisposeAsync();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_stop_signal_reaches_the_whole_process_group()
    {
        // The shell in front ignores the signal; the one behind it, in the same group, must get it all the same.
        var spec = await _on.StartAsync("worker", "sh", "-c", "sh -c 'trap \"echo child stopped; exit 0\" TERM; echo ready; while true; do sleep 0.1; done' & trap '' TERM; wait; echo parent done");
        await WaitForOutputAsync(spec.Id, "ready");

        await _on.Engine.StopSandboxAsync(spec.Id, Ct);

        var output = await _on.OutputAsync(spec.Id);
        Assert.Contains("child stopped\n", output);
        Assert.Contains("parent done\n", output);
    }

    [Fact]
    public async Task A_sandbox_that_ignores_the_stop_signal_is_killed_after_its_stop_timeout()
    {
        var spec = await _on.StartAsync(_on.Spec("worker", "sh", "-c", "trap '' TERM; echo ready; while true; do sleep 0.1; done") with { StopTimeout = TimeSpan.FromSeconds(1) });
        await WaitForOutputAsync(spec.Id, "ready");

        await _on.Engine.StopSandboxAsync(spec.Id, Ct);

        Assert.Equal(137, (await _on.StatusAsync(spec.Id)).ExitCode);
    }

    [Fact]
    public async Task The_stop_signal_can_be_another()
    {
        var spec = await _on.StartAsync(_on.Spec("web", "sh", "-c", "trap 'echo quit; exit 5' QUIT; echo ready; while true; do sleep 0.1; done") with { StopSignal = "SIGQUIT" });
        await WaitForOutputAsync(spec.Id, "ready");

        await _on.Engine.StopSandboxAsync(spec.Id, Ct);

        Assert.Equal(5, (await _on.StatusAsync(spec.Id)).ExitCode);
    }

    [Fact]
    public async Task The_images_user_folder_and_stop_signal_hold_and_its_health_check_is_off()
    {
        await BusyboxImage.EnsureAsync(_on.Images, Ct);
        using var context = new MemoryStream();
        await using (var tar = new TarWriter(context, leaveOpen: true))
        {
            var dockerfile = $"FROM {BusyboxImage.Reference}\nUSER nobody\nWORKDIR /www\nSTOPSIGNAL SIGUSR1\nHEALTHCHECK --interval=1s CMD false\n";
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(dockerfile)) });
        }
        context.Position = 0;
        var labels = new Dictionary<string, string> { [Labels.App] = _on.App, [Labels.Owner] = _on.Options.Owner };
        var image = await _on.Images.BuildImageAsync(new() { Tag = $"berth-test/{_on.App}:full", Dockerfile = "Dockerfile", Labels = labels }, context, _ => { }, Ct);
        var spec = await _on.StartAsync(_on.Spec("web", "sh", "-c", "trap 'echo told; exit 7' USR1; id -un; pwd; echo ready; while true; do sleep 0.1; done") with { ImageId = image.Id });
        await WaitForOutputAsync(spec.Id, "ready");

        // The engine calls a container with a check that it runs "starting", "healthy" or "unhealthy".
        using var client = new DockerClient(_on.Options, TimeProvider.System);
        var inspected = await client.GetAsync($"/containers/{spec.Id}/json", Ct);
        var text = Encoding.UTF8.GetString(inspected.Body);
        Assert.Contains("\"Test\":[\"NONE\"]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Health\":{", text, StringComparison.Ordinal);

        await _on.Engine.StopSandboxAsync(spec.Id, Ct);

        var output = await _on.OutputAsync(spec.Id);
        Assert.StartsWith("nobody\n/www\nready\n", output);
        // A shell may add which signal ended its sleep.
        Assert.Contains("\ntold\n", output, StringComparison.Ordinal);
        Assert.Equal(7, (await _on.StatusAsync(spec.Id)).ExitCode);
    }

    [Fact]
    public async Task A_sandbox_is_frozen_past_the_engine()
    {
        var spec = await _on.StartAsync("worker", "sh", "-c", "while true; do echo tick; sleep 0.01; done");
        await WaitForOutputAsync(spec.Id, "tick");

        await _on.Engine.FreezeSandboxAsync(spec.Id, Ct);
        var container = await InspectAsync(spec.Id);
        Assert.Equal(("running", false), (container.State.Status, container.State.Paused));
        Assert.Equal(SandboxState.Frozen, (await _on.StatusAsync(spec.Id)).State);
        Assert.StartsWith("FROZEN", await FreezerWordAsync(container.State.Pid), StringComparison.Ordinal);

        await _on.Engine.ThawSandboxAsync(spec.Id, Ct);
        Assert.StartsWith("THAWED", await FreezerWordAsync(container.State.Pid), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frozen_sandbox_gives_back_the_files_that_the_kernel_had_cached_for_it()
    {
        using var engine = new DockerEngine(_on.Options with { ReclaimFrozen = true }, TimeProvider.System);
        var spec = await _on.StartAsync("worker", "sh", "-c", "dd if=/dev/zero of=/file bs=1M count=24 2>/dev/null; sync; echo written; exec sleep 1000");
        await WaitForOutputAsync(spec.Id, "written");
        var pid = (await InspectAsync(spec.Id)).State.Pid;
        var group = new CgroupTree().Find(pid)!;
        Assert.SkipUnless(group.Own("memory") is not null || File.Exists(group.Shared("memory.reclaim")), "this kernel takes no memory back on demand: it has no memory.reclaim");
        Assert.InRange(await MemoryAsync(pid), 24 * ByteSize.MiB, long.MaxValue);

        await engine.FreezeSandboxAsync(spec.Id, Ct);

        await Eventually.HoldsAsync(async () => await MemoryAsync(pid) < 12 * ByteSize.MiB);
        Assert.Equal(SandboxState.Frozen, (await _on.StatusAsync(spec.Id)).State);
        await engine.ThawSandboxAsync(spec.Id, Ct);
        Assert.Equal(SandboxState.Running, (await _on.StatusAsync(spec.Id)).State);
    }

    [Fact]
    public async Task What_somebody_paused_in_the_engine_is_frozen_and_thaws_there()
    {
        var spec = await _on.StartAsync("web");
        using var client = new DockerClient(_on.Options, TimeProvider.System);
        Assert.True((await client.SendAsync(HttpMethod.Post, $"/containers/{spec.Id}/pause", null, _on.Options.WorkTimeout, Ct)).Ok);
        Assert.Equal(SandboxState.Frozen, (await _on.StatusAsync(spec.Id)).State);

        await _on.Engine.ThawSandboxAsync(spec.Id, Ct);

        Assert.Equal(SandboxState.Running, (await _on.StatusAsync(spec.Id)).State);
        Assert.False((await InspectAsync(spec.Id)).State.Paused);
    }

    [Fact]
    public async Task Orphans_that_end_leave_no_zombies()
    {
        var spec = await _on.StartAsync("worker", "sh", "-c", "for i in 1 2 3 4 5; do (sh -c 'exit 0' &) ; done; echo ready; exec sleep 1000");
        await WaitForOutputAsync(spec.Id, "ready");

        // Reaping is not instant; it must come about.
        string processes;
        do
            (processes, _) = await _on.ExecAsync(spec.Id, "ps", "-o", "stat,comm");
        while (processes.Contains('Z') && !Ct.IsCancellationRequested);

        Assert.Contains("sleep", processes);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_exits_with_127_and_is_named_in_the_log()
    {
        var spec = await _on.StartAsync("web", "/no/such/program");

        var output = await _on.OutputAsync(spec.Id);

        Assert.Contains("/no/such/program", output);
        Assert.Equal(127, (await ExitedAsync(spec.Id)).ExitCode);
    }

    [Fact]
    public async Task Rights_are_reduced_and_cannot_grow()
    {
        var spec = await _on.StartAsync("web");

        var (status, _) = await _on.ExecAsync(spec.Id, "grep", "-E", "^(CapBnd|NoNewPrivs)", "/proc/1/status");

        // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, SYS_CHROOT, AUDIT_WRITE.
        int[] granted = [0, 1, 3, 4, 5, 6, 7, 8, 10, 18, 29];
        Assert.Contains($"CapBnd:\t{granted.Sum(bit => 1L << bit):x16}\n", status);
        Assert.Contains("NoNewPrivs:\t1\n", status);
    }

    [Fact]
    public async Task An_entrypoint_may_take_over_a_folder_and_step_down_from_root()
    {
        var spec = await _on.StartAsync("postgres", "sh", "-c", "mkdir /tmp/data && chown nobody /tmp/data && chmod 700 /tmp/data && su nobody -c 'touch /tmp/data/file && id -un'");

        Assert.Equal("nobody\n", await _on.OutputAsync(spec.Id));
    }

    [Fact]
    public async Task A_sandbox_with_a_process_killed_for_memory_says_so()
    {
        // The engine hears of a kill beside the exit, sometimes after it, and shows it only once the sandbox has ended: it gets five to hear of.
        var spec = await _on.StartAsync(_on.Spec("web", "sh", "-c", "for i in 1 2 3 4 5; do dd if=/dev/zero of=/dev/null bs=200M count=1 && echo never; done; exit 3") with { MemoryBytes = 16 * ByteSize.MiB });

        var status = await ExitedAsync(spec.Id);

        Assert.Equal(3, status.ExitCode);
        Assert.True(status.OutOfMemory);
        Assert.DoesNotContain("never", await _on.OutputAsync(spec.Id));
    }

    [Fact]
    public async Task A_sandbox_that_is_run_gets_what_is_written_to_it_and_gives_its_output_and_exit_code()
    {
        var spec = _on.Spec("run", "sh", "-c", "echo $GREETING; echo bad >&2; cat; exit 7");
        await _on.Engine.EnsureNetworkAsync(spec.Network!, Ct);
        await using var session = await _on.Engine.RunSandboxAsync(spec, tty: false, Ct);

        await session.WriteAsync("typed\n"u8.ToArray(), Ct);
        await session.CloseInputAsync(Ct);

        var output = new Dictionary<LogStream, string>();
        await foreach (var chunk in session.ReadAsync(Ct))
            output[chunk.Stream] = output.GetValueOrDefault(chunk.Stream) + Encoding.UTF8.GetString(chunk.Bytes.Span);
        Assert.Equal(("hello\ntyped\n", "bad\n"), (output[LogStream.Stdout], output[LogStream.Stderr]));
        Assert.Equal(7, await session.ExitCodeAsync(Ct));
    }

    [Fact]
    public async Task A_sandbox_that_is_run_on_a_terminal_has_one_of_the_given_size()
    {
        var spec = _on.Spec("run", "sh", "-c", "read answer; stty size");
        await _on.Engine.EnsureNetworkAsync(spec.Network!, Ct);
        await using var session = await _on.Engine.RunSandboxAsync(spec, tty: true, Ct);

        await session.ResizeAsync(111, 33, Ct);
        await session.WriteAsync("go\n"u8.ToArray(), Ct);

        Assert.EndsWith("33 111\r\n", await EngineUnderTest.ReadAsync(session));
        Assert.Equal(0, await session.ExitCodeAsync(Ct));
    }

    [Fact]
    public async Task A_sandbox_that_is_run_without_such_a_program_says_so_and_exits_as_a_shell_would()
    {
        var spec = _on.Spec("run", "no-such-program");
        await _on.Engine.EnsureNetworkAsync(spec.Network!, Ct);

        await using var session = await _on.Engine.RunSandboxAsync(spec, tty: false, Ct);

        Assert.Contains("no-such-program", await EngineUnderTest.ReadAsync(session));
        Assert.Equal(127, await session.ExitCodeAsync(Ct));
    }

    [Fact]
    public async Task The_number_of_processes_is_limited()
    {
        var spec = await _on.StartAsync(_on.Spec("web", "sh", "-c", "for i in $(seq 30); do sleep 1000 & done; echo all") with { PidsLimit = 20 });

        Assert.Contains("fork", await _on.OutputAsync(spec.Id));
    }

    [Fact]
    public async Task Services_find_each_other_by_name_and_nobody_finds_a_job()
    {
        var web = await _on.StartAsync("web");
        var worker = await _on.StartAsync("worker");
        await _on.StartAsync(_on.Spec("release") with { Role = SandboxRole.Job, Aliases = [] });
        var address = (await _on.StatusAsync(worker.Id)).Address!;

        foreach (var name in (string[])["worker", "worker.app.miren"])
        {
            var (found, _) = await _on.ExecAsync(web.Id, "nslookup", name, "127.0.0.11");
            Assert.Contains(address, found);
        }
        Assert.NotEqual(0, (await _on.ExecAsync(web.Id, "nslookup", "release", "127.0.0.11")).Code);
    }

    [Fact]
    public async Task Another_apps_sandbox_is_not_reached()
    {
        var server = await _on.StartAsync("web", "httpd", "-f", "-p", "3000", "-h", "/www");
        var address = (await _on.StatusAsync(server.Id)).Address!;
        var neighbour = await _on.StartAsync("worker");
        var foreign = EngineUnderTest.NewNetwork(_on.App + "x");
        await _on.Engine.EnsureNetworkAsync(foreign, Ct);
        var stranger = await _on.StartAsync(_on.Spec("web") with { App = _on.App + "x", Network = foreign });

        Assert.Equal("busybox\n", (await _on.ExecAsync(neighbour.Id, "wget", "-q", "-O", "-", $"http://{address}:3000/")).Output);
        Assert.NotEqual(0, (await _on.ExecAsync(stranger.Id, "wget", "-q", "-T", "1", "-O", "-", $"http://{address}:3000/")).Code);
    }

    [Fact]
    public async Task A_line_of_a_megabyte_comes_whole_in_pieces()
    {
        var spec = await _on.StartAsync("web", "sh", "-c", "yes | tr -d '\\n' | head -c 1000000; echo; echo after");
        var text = new StringBuilder();
        await foreach (var chunk in _on.Engine.ReadLogsAsync(spec.Id, null, follow: true, Ct))
        {
            Assert.True(chunk.Bytes.Length <= 16 * 1024);
            text.Append(Encoding.ASCII.GetString(chunk.Bytes.Span));
        }

        Assert.Equal(new string('y', 1_000_000) + "\nafter\n", text.ToString());
    }

    [Fact]
    public async Task One_that_prints_faster_than_the_engine_passes_on_loses_no_line_when_the_engine_rotates_its_log()
    {
        const int count = 600_000;
        var spec = await _on.StartAsync("web", "sh", "-c", $"seq {count}; exec sleep 1000");
        var next = 1;
        var text = "";
        await foreach (var chunk in _on.Engine.ReadLogsAsync(spec.Id, null, follow: true, Ct))
        {
            text += Encoding.ASCII.GetString(chunk.Bytes.Span);
            if (!text.EndsWith('\n'))
                continue;
            Assert.Equal($"{next}\n", text);
            text = "";
            if (next++ == count)
                break;
        }

        Assert.Equal(count + 1, next);
    }

    [Fact]
    public async Task Twenty_sandboxes_start_side_by_side()
    {
        await _on.Engine.EnsureNetworkAsync(_on.Network, Ct);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _on.StartAsync("worker")));

        var all = await _on.Engine.ListSandboxesAsync(_on.App, Ct);
        Assert.Equal(20, all.Where(s => s.State == SandboxState.Running).Select(s => s.Address).Distinct().Count());
    }

    private async Task WaitForOutputAsync(string id, string text)
    {
        await foreach (var chunk in _on.Engine.ReadLogsAsync(id, null, follow: true, Ct))
            if (Encoding.UTF8.GetString(chunk.Bytes.Span).Contains(text))
                return;
        Assert.Fail($"the sandbox ended without printing \"{text}\"");
    }

    private async Task<ContainerDetails> InspectAsync(string container)
    {
        using var client = new DockerClient(_on.Options, TimeProvider.System);
        return (await client.GetAsync($"/containers/{container}/json", Ct)).Read(DockerJson.Default.ContainerDetails);
    }

    /// <summary>Of version 1 as it is; of version 2 the word that version 1 has for it.</summary>
    private static async Task<string> FreezerWordAsync(int pid)
    {
        var folders = new CgroupTree().Find(pid)!;
        return folders.Own("freezer") is { } own
            ? await File.ReadAllTextAsync(Path.Combine(own, "freezer.state"), Ct)
            : (await File.ReadAllTextAsync(folders.Shared("cgroup.events")!, Ct)).Contains("frozen 1", StringComparison.Ordinal) ? "FROZEN" : "THAWED";
    }

    /// <summary>Of a sandbox, cached files included.</summary>
    private static async Task<long> MemoryAsync(int pid)
    {
        var folders = new CgroupTree().Find(pid)!;
        var file = folders.Own("memory") is { } own ? Path.Combine(own, "memory.usage_in_bytes") : folders.Shared("memory.current")!;
        return long.Parse(await File.ReadAllTextAsync(file, Ct), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<SandboxStatus> ExitedAsync(string id)
    {
        await _on.OutputAsync(id);
        SandboxStatus status;
        do
            status = await _on.StatusAsync(id);
        while (status.State != SandboxState.Exited && !Ct.IsCancellationRequested);
        return status;
    }
}
