using System.Text;
using Berth.Model;

namespace Berth.Engines.Tests.Docker;

public sealed class FakeEngineBehaviours : EngineBehaviours
{
    protected override Task<EngineUnderTest> CreateAsync() => EngineUnderTest.FakeAsync();
}

public sealed class RealEngineBehaviours : EngineBehaviours
{
    protected override Task<EngineUnderTest> CreateAsync() => EngineUnderTest.RealAsync();
}

/// <summary>What holds on every Docker Engine; run on the fake at the wire and on a real one.</summary>
public abstract class EngineBehaviours : IAsyncLifetime
{
    private EngineUnderTest _on = null!;

    protected abstract Task<EngineUnderTest> CreateAsync();

    public async ValueTask InitializeAsync() => _on = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_on is not null)
            await _on.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_started_sandbox_is_listed_with_all_that_it_was_given()
    {
        var spec = await _on.StartAsync("web");

        var status = await _on.StatusAsync(spec.Id);

        Assert.Equal(SandboxState.Running, status.State);
        Assert.Equal((spec.App, spec.ReleaseId, "web", spec.PoolId), (status.App, status.ReleaseId, status.Service, status.PoolId));
        Assert.Equal(SandboxRole.Service, status.Role);
        Assert.Equal(3000, status.Port);
        Assert.StartsWith(_on.Network.Subnet[.._on.Network.Subnet.LastIndexOf('.')], status.Address);
        Assert.Equal(24, status.PrefixLength);
        Assert.NotNull(status.StartedAt);
        Assert.Null(status.ExitCode);
        Assert.Null(status.FinishedAt);
    }

    [Fact]
    public async Task A_job_without_a_port_is_listed_as_one()
    {
        var spec = await _on.StartAsync(_on.Spec("release") with { Role = SandboxRole.Job, Port = null, Aliases = [] });

        var status = await _on.StatusAsync(spec.Id);

        Assert.Equal(SandboxRole.Job, status.Role);
        Assert.Null(status.Port);
    }

    [Fact]
    public async Task Starting_again_makes_no_second_sandbox()
    {
        var spec = await _on.StartAsync("web");

        await _on.Engine.StartSandboxAsync(spec, Ct);

        Assert.Single(await _on.Engine.ListSandboxesAsync(_on.App, Ct));
    }

    [Fact]
    public async Task A_sandbox_that_ends_is_listed_with_its_exit_code()
    {
        var spec = await _on.StartAsync("worker", "sh", "-c", "echo done; exit 3");
        await _on.OutputAsync(spec.Id);

        var status = await WaitForAsync(spec.Id, SandboxState.Exited);

        Assert.Equal(3, status.ExitCode);
        Assert.Null(status.Address);
        Assert.Null(status.StartError);
        Assert.False(status.OutOfMemory);
        Assert.True(status.FinishedAt >= status.StartedAt);
    }

    [Fact]
    public async Task An_ended_sandbox_can_be_started_again_and_its_new_exit_code_is_seen()
    {
        var spec = await _on.StartAsync("worker", "sh", "-c", "exit 3");
        var first = await WaitForAsync(spec.Id, SandboxState.Exited);

        await _on.Engine.StartSandboxAsync(spec, Ct);
        await _on.OutputAsync(spec.Id);

        var second = await WaitForAsync(spec.Id, SandboxState.Exited);
        Assert.True(second.StartedAt > first.StartedAt);
    }

    [Fact]
    public async Task Output_comes_with_its_stream_and_environment_values_are_passed_as_they_are()
    {
        var spec = _on.Spec("web", "sh", "-c", "echo $GREETING; echo bad >&2");
        spec = await _on.StartAsync(spec with { Env = [new EnvVar("GREETING", "a $HOME 'b' #c, \\d=e")] });

        Assert.Equal("a $HOME 'b' #c, \\d=e\n", await _on.OutputAsync(spec.Id, LogStream.Stdout));
        Assert.Equal("bad\n", await _on.OutputAsync(spec.Id, LogStream.Stderr));
    }

    [Fact]
    public async Task Reading_from_a_chunks_time_begins_with_that_chunk()
    {
        var spec = await _on.StartAsync("web", "sh", "-c", "echo one; echo two; echo three");
        await _on.OutputAsync(spec.Id);
        var all = await ChunksAsync(spec.Id, null);
        Assert.Equal(["one\n", "two\n", "three\n"], all.Select(c => Encoding.UTF8.GetString(c.Bytes.Span)));

        var last = await ChunksAsync(spec.Id, all[^1].Time);

        Assert.Equal("three\n", Encoding.UTF8.GetString(last[^1].Bytes.Span));
        Assert.All(last, c => Assert.True(c.Time >= all[^1].Time));
    }

    [Fact]
    public async Task The_logs_of_an_unknown_sandbox_are_not_found()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => ChunksAsync("demo-web-none", null));

        Assert.Equal(EngineError.NotFound, error.Error);
        Assert.Contains("demo-web-none", error.Message);
    }

    [Fact]
    public async Task Stopping_sends_the_signal_and_may_be_repeated()
    {
        var spec = await _on.StartAsync("web", "sh", "-c", "sleep 1000");

        await _on.Engine.StopSandboxAsync(spec.Id, Ct);
        await _on.Engine.StopSandboxAsync(spec.Id, Ct);
        await _on.Engine.StopSandboxAsync("demo-web-none", Ct);

        Assert.Equal(143, (await _on.StatusAsync(spec.Id)).ExitCode);
    }

    [Fact]
    public async Task A_frozen_sandbox_keeps_its_address_and_thaws()
    {
        var spec = await _on.StartAsync("web");
        var address = (await _on.StatusAsync(spec.Id)).Address;

        await _on.Engine.FreezeSandboxAsync(spec.Id, Ct);
        await _on.Engine.FreezeSandboxAsync(spec.Id, Ct);
        var frozen = await _on.StatusAsync(spec.Id);
        await _on.Engine.ThawSandboxAsync(spec.Id, Ct);
        await _on.Engine.ThawSandboxAsync(spec.Id, Ct);

        Assert.Equal((SandboxState.Frozen, address), (frozen.State, frozen.Address));
        Assert.Equal(SandboxState.Running, (await _on.StatusAsync(spec.Id)).State);
    }

    [Fact]
    public async Task Starting_a_frozen_sandbox_leaves_it_frozen()
    {
        var spec = await _on.StartAsync("web");
        await _on.Engine.FreezeSandboxAsync(spec.Id, Ct);

        await _on.Engine.StartSandboxAsync(spec, Ct);

        Assert.Equal(SandboxState.Frozen, (await _on.StatusAsync(spec.Id)).State);
    }

    [Fact]
    public async Task A_frozen_sandbox_sees_the_stop_signal()
    {
        var spec = await _on.StartAsync("web", "sh", "-c", "sleep 1000");
        await _on.Engine.FreezeSandboxAsync(spec.Id, Ct);

        await _on.Engine.StopSandboxAsync(spec.Id, Ct);

        Assert.Equal(143, (await _on.StatusAsync(spec.Id)).ExitCode);
    }

    [Fact]
    public async Task A_stopped_sandbox_cannot_be_thawed()
    {
        var spec = await _on.StartAsync("web");
        await _on.Engine.StopSandboxAsync(spec.Id, Ct);

        var error = await Assert.ThrowsAsync<EngineException>(() => _on.Engine.ThawSandboxAsync(spec.Id, Ct));

        Assert.Equal(EngineError.Conflict, error.Error);
    }

    [Fact]
    public async Task Removing_ends_a_running_or_frozen_sandbox_and_may_be_repeated()
    {
        var running = await _on.StartAsync("web");
        var frozen = await _on.StartAsync("web");
        await _on.Engine.FreezeSandboxAsync(frozen.Id, Ct);

        await _on.Engine.RemoveSandboxAsync(running.Id, Ct);
        await _on.Engine.RemoveSandboxAsync(frozen.Id, Ct);
        await _on.Engine.RemoveSandboxAsync(running.Id, Ct);

        Assert.Empty(await _on.Engine.ListSandboxesAsync(_on.App, Ct));
    }

    [Fact]
    public async Task A_sandbox_that_cannot_start_stays_with_the_reason()
    {
        var image = await Berth.Testing.BusyboxImage.ImportAsync(_on.Images, Ct, $"berth-test/{_on.App}:nouser", "USER nosuchuser", $"LABEL berth.app={_on.App}", $"LABEL berth.owner={_on.Options.Owner}");
        var spec = _on.Spec("web") with { ImageId = image.Id };

        var error = await Assert.ThrowsAsync<EngineException>(() => _on.StartAsync(spec));
        var status = await _on.StatusAsync(spec.Id);

        Assert.Equal(EngineError.StartFailed, error.Error);
        Assert.Contains("sleep 1000", error.Message);
        Assert.Contains("nosuchuser", error.Message);
        Assert.Equal(SandboxState.Exited, status.State);
        Assert.Contains("nosuchuser", status.StartError);
        Assert.NotNull(status.ExitCode);
    }

    [Fact]
    public async Task A_missing_image_is_said_to_be_missing()
    {
        var spec = _on.Spec("web") with { ImageId = "sha256:" + new string('0', 64) };

        var error = await Assert.ThrowsAsync<EngineException>(() => _on.StartAsync(spec));

        Assert.Equal(EngineError.ImageMissing, error.Error);
        Assert.Empty(await _on.Engine.ListSandboxesAsync(_on.App, Ct));
    }

    [Fact]
    public async Task What_belongs_to_another_Berth_is_neither_listed_nor_touched()
    {
        var spec = await _on.StartAsync("web");
        var other = _on.AsOther();

        Assert.Empty(await other.ListSandboxesAsync(null, Ct));
        Assert.Empty(await other.ListNetworksAsync(Ct));
        await other.RemoveNetworkAsync(_on.App, Ct);
        foreach (var attempt in (Func<Task>[])[
            () => other.StopSandboxAsync(spec.Id, Ct),
            () => other.RemoveSandboxAsync(spec.Id, Ct),
            () => other.StartSandboxAsync(spec, Ct),
            () => other.ExecAsync(spec.Id, new ExecSpec { Command = ["true"] }, Ct)])
            Assert.Equal(EngineError.Conflict, (await Assert.ThrowsAsync<EngineException>(attempt)).Error);
        // An app of the same name has a network of its own, but not on the same addresses.
        Assert.Equal(EngineError.SubnetTaken, (await Assert.ThrowsAsync<EngineException>(() => other.EnsureNetworkAsync(_on.Network, Ct))).Error);

        Assert.Equal(SandboxState.Running, (await _on.StatusAsync(spec.Id)).State);
        Assert.Equal([_on.App], await _on.Engine.ListNetworksAsync(Ct));
    }

    [Fact]
    public async Task A_name_that_is_no_name_is_simply_not_found()
    {
        foreach (var id in (string[])["", "x", "..", "../../version", "a/b", "a?b=c", "a%2fb", "ä-web-1"])
        {
            await _on.Engine.RemoveSandboxAsync(id, Ct);
            Assert.Equal(EngineError.NotFound, (await Assert.ThrowsAsync<EngineException>(() => _on.Engine.FreezeSandboxAsync(id, Ct))).Error);
        }
    }

    [Fact]
    public async Task A_network_is_made_once_and_removed_with_its_app()
    {
        await _on.Engine.EnsureNetworkAsync(_on.Network, Ct);
        await _on.Engine.EnsureNetworkAsync(_on.Network, Ct);
        Assert.Equal([_on.App], await _on.Engine.ListNetworksAsync(Ct));

        await _on.Engine.RemoveNetworkAsync(_on.App, Ct);
        await _on.Engine.RemoveNetworkAsync(_on.App, Ct);
        Assert.Empty(await _on.Engine.ListNetworksAsync(Ct));
    }

    [Fact]
    public async Task A_taken_subnet_is_told_apart()
    {
        await _on.Engine.EnsureNetworkAsync(_on.Network, Ct);
        var second = EngineUnderTest.NewNetwork("second") with { Subnet = _on.Network.Subnet };

        var error = await Assert.ThrowsAsync<EngineException>(() => _on.Engine.EnsureNetworkAsync(second, Ct));

        Assert.Equal(EngineError.SubnetTaken, error.Error);
        Assert.Contains(_on.Network.Subnet, error.Message);
    }

    [Fact]
    public async Task A_network_in_use_is_not_removed()
    {
        await _on.StartAsync("web");

        var error = await Assert.ThrowsAsync<EngineException>(() => _on.Engine.RemoveNetworkAsync(_on.App, Ct));

        Assert.Contains($"berth-{_on.Options.Owner}-{_on.App}", error.Message);
    }

    [Fact]
    public async Task A_command_in_a_sandbox_gives_its_output_and_exit_code()
    {
        var spec = await _on.StartAsync("web");

        Assert.Equal(("hello\n", 4), await _on.ExecAsync(spec.Id, "sh", "-c", "echo $GREETING; exit 4"));
        Assert.Equal(("", 0), await _on.ExecAsync(spec.Id, "true"));
    }

    [Fact]
    public async Task A_command_reads_what_is_written_to_it_until_its_input_is_closed()
    {
        var spec = await _on.StartAsync("web");
        await using var session = await _on.Engine.ExecAsync(spec.Id, new ExecSpec { Command = ["cat"], AttachStdin = true }, Ct);

        await session.WriteAsync("first "u8.ToArray(), Ct);
        await session.WriteAsync("second\n"u8.ToArray(), Ct);
        await session.CloseInputAsync(Ct);

        Assert.Equal("first second\n", await EngineUnderTest.ReadAsync(session));
        Assert.Equal(0, await session.ExitCodeAsync(Ct));
    }

    [Fact]
    public async Task A_command_on_a_terminal_prints_raw_text()
    {
        var spec = await _on.StartAsync("web");
        await using var session = await _on.Engine.ExecAsync(spec.Id, new ExecSpec { Command = ["sh", "-c", "echo $COLOUR; echo bad >&2"], Tty = true, Env = [new EnvVar("COLOUR", "red")] }, Ct);

        Assert.Equal("red\r\nbad\r\n", await EngineUnderTest.ReadAsync(session));
    }

    [Fact]
    public async Task No_command_runs_in_a_sandbox_that_is_frozen_or_gone()
    {
        var spec = await _on.StartAsync("web");
        await _on.Engine.FreezeSandboxAsync(spec.Id, Ct);
        var exec = new ExecSpec { Command = ["true"] };

        Assert.Equal(EngineError.Conflict, (await Assert.ThrowsAsync<EngineException>(() => _on.Engine.ExecAsync(spec.Id, exec, Ct))).Error);
        Assert.Equal(EngineError.NotFound, (await Assert.ThrowsAsync<EngineException>(() => _on.Engine.ExecAsync("demo-web-none", exec, Ct))).Error);
    }

    [Fact]
    public async Task What_happens_to_a_sandbox_is_told_from_the_first_read_on()
    {
        await _on.Engine.EnsureNetworkAsync(_on.Network, Ct);
        await using var events = _on.Engine.WatchAsync(Ct).GetAsyncEnumerator(Ct);
        var next = events.MoveNextAsync();
        var spec = await _on.StartAsync("web", "sh", "-c", "exit 1");

        var seen = new List<string>();
        for (; ; next = events.MoveNextAsync())
        {
            Assert.True(await next);
            Assert.Equal((_on.App, spec.Id), (events.Current.App, events.Current.Sandbox));
            seen.Add(events.Current.Action);
            if (events.Current.Action == "die")
                await _on.Engine.RemoveSandboxAsync(spec.Id, Ct);
            if (events.Current.Action == "destroy")
                break;
        }

        Assert.Equal(["start", "die", "destroy"], seen);
    }

    [Fact]
    public async Task A_cancelled_watch_ends()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using var events = _on.Engine.WatchAsync(stop.Token).GetAsyncEnumerator(Ct);
        var next = events.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task The_engine_says_what_it_is()
    {
        var info = await _on.Engine.InfoAsync(Ct);

        Assert.Equal("docker", info.Kind);
        Assert.NotEmpty(info.Version);
        Assert.NotEmpty(info.Architecture);
    }

    private async Task<SandboxStatus> WaitForAsync(string id, SandboxState state)
    {
        // The engine ends the output a moment before it calls the container exited.
        while (true)
        {
            var status = await _on.StatusAsync(id);
            if (status.State == state)
                return status;
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }
    }

    private async Task<List<LogChunk>> ChunksAsync(string id, DateTimeOffset? since)
    {
        var chunks = new List<LogChunk>();
        await foreach (var chunk in _on.Engine.ReadLogsAsync(id, since, follow: false, Ct))
            chunks.Add(chunk);
        return chunks;
    }
}
