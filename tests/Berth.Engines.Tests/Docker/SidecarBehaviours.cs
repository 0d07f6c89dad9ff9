using System.Globalization;
using System.Text;
using Berth.Engines.Docker;
using Berth.Engines.Docker.Wire;
using Berth.Model;
using Berth.Testing;

namespace Berth.Engines.Tests.Docker;

public sealed class FakeSidecarBehaviours : SidecarBehaviours
{
    protected override Task<EngineUnderTest> CreateAsync() => EngineUnderTest.FakeAsync();
}

public sealed class RealSidecarBehaviours : SidecarBehaviours
{
    protected override Task<EngineUnderTest> CreateAsync() => EngineUnderTest.RealAsync();

    [Fact]
    public async Task A_sidecar_has_the_sandboxs_network_names_and_folders_and_limits_of_its_own()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "page"), "from the disk", Ct);
        var proxy = Sidecar("proxy", "sh", "-c", "nslookup web.app.miren >/dev/null 2>&1 && echo \"$GREETING from $(hostname -i)\"; exec httpd -f -p 127.0.0.1:8099 -h /data");
        var spec = await On.StartAsync(On.Spec("web") with { Sidecars = [proxy with { MemoryBytes = 32 * ByteSize.MiB }], Mounts = [new FolderMount(folder.Path, "/data", ReadOnly: true)] });
        var status = await On.StatusAsync(spec.Id);

        await Eventually.HoldsAsync(async () => (await On.ExecAsync(spec.Id, "wget", "-qO-", "http://127.0.0.1:8099/page")).Output == "from the disk");

        Assert.Equal($"beside from {status.Address}\n", await PrintedAsync(status.Sidecars[0].Id));
        Assert.Equal(("33554432", "67108864"), (await LimitAsync(status.Sidecars[0].Id), await LimitAsync(spec.Id)));
    }

    [Fact]
    public async Task Sidecars_are_told_to_stop_when_the_sandboxs_own_process_has_ended()
    {
        var spec = await On.StartAsync(On.Spec("web", "sh", "-c", "trap 'wget -qO- http://127.0.0.1:8099/; echo bye; exit 0' TERM; echo ready; while true; do sleep 0.1; done") with
        {
            Sidecars = [Sidecar("proxy", "sh", "-c", "mkdir /tmp/www; echo still here >/tmp/www/index.html; trap 'echo told; exit 0' TERM; httpd -f -p 8099 -h /tmp/www & echo ready; wait")],
        });
        var sidecar = (await On.StatusAsync(spec.Id)).Sidecars[0].Id;
        await Eventually.HoldsAsync(async () => await PrintedAsync(spec.Id) == "ready\n" && await PrintedAsync(sidecar) == "ready\n");

        await On.Engine.StopSandboxAsync(spec.Id, Ct);

        // A shell may add which signal ended its sleep.
        Assert.EndsWith("still here\nbye\n", await On.OutputAsync(spec.Id), StringComparison.Ordinal);
        Assert.EndsWith("told\n", await On.OutputAsync(sidecar), StringComparison.Ordinal);
        var status = await On.StatusAsync(spec.Id);
        Assert.Equal((0, null), (status.ExitCode, status.EndedSidecar));
    }

    private async Task<string> PrintedAsync(string id)
    {
        var text = new StringBuilder();
        await foreach (var chunk in On.Engine.ReadLogsAsync(id, null, follow: false, Ct))
            text.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return text.ToString();
    }

    private async Task<string> LimitAsync(string container) => (await InspectAsync(container)).RootElement.GetProperty("HostConfig").GetProperty("Memory").GetInt64().ToString(CultureInfo.InvariantCulture);
}

/// <summary>What holds of a sandbox with sidecars on every Docker Engine.</summary>
public abstract class SidecarBehaviours : IAsyncLifetime
{
    protected EngineUnderTest On { get; private set; } = null!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<EngineUnderTest> CreateAsync();

    public async ValueTask InitializeAsync() => On = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (On is not null)
            await On.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_sandbox_with_sidecars_is_one_from_its_start_to_its_removal()
    {
        var spec = await On.StartAsync(On.Spec("web") with { Sidecars = [Sidecar("proxy"), Sidecar("log shipper")] });

        var status = Assert.Single(await On.Engine.ListSandboxesAsync(On.App, Ct));
        Assert.Equal((SandboxState.Running, spec.Id), (status.State, status.Id));
        Assert.Equal([("proxy", SandboxState.Running), ("log shipper", SandboxState.Running)], status.Sidecars.Select(s => (s.Name, s.State)));

        await On.Engine.FreezeSandboxAsync(spec.Id, Ct);
        Assert.Equal([SandboxState.Frozen, SandboxState.Frozen, SandboxState.Frozen], await StatesAsync(spec));
        await On.Engine.ThawSandboxAsync(spec.Id, Ct);
        Assert.Equal([SandboxState.Running, SandboxState.Running, SandboxState.Running], await StatesAsync(spec));

        await On.Engine.FreezeSandboxAsync(spec.Id, Ct);
        await On.Engine.StopSandboxAsync(spec.Id, Ct);
        Assert.Equal([SandboxState.Exited, SandboxState.Exited, SandboxState.Exited], await StatesAsync(spec));
        Assert.Null((await On.StatusAsync(spec.Id)).EndedSidecar);
        await On.Engine.RemoveSandboxAsync(spec.Id, Ct);
        Assert.Empty(await ContainersAsync());
    }

    [Fact]
    public async Task The_end_of_a_sidecar_is_the_sandboxs_once_that_is_stopped()
    {
        var spec = await On.StartAsync(On.Spec("web") with { Sidecars = [Sidecar("proxy"), Sidecar("broken", "sh", "-c", "exit 3")] });
        await Eventually.HoldsAsync(async () => (await On.StatusAsync(spec.Id)).EndedSidecar == "broken");
        Assert.Equal(SandboxState.Running, (await On.StatusAsync(spec.Id)).State);

        await On.Engine.StopSandboxAsync(spec.Id, Ct);

        var status = await On.StatusAsync(spec.Id);
        Assert.Equal((SandboxState.Exited, 3, "broken"), (status.State, status.ExitCode, status.EndedSidecar));
    }

    [Fact]
    public async Task The_end_of_the_sandboxs_own_process_is_told_even_when_its_sidecars_end_after_it()
    {
        var spec = await On.StartAsync(On.Spec("web", "sh", "-c", "exit 5") with { Sidecars = [Sidecar("proxy")] });
        await Eventually.HoldsAsync(async () => (await On.StatusAsync(spec.Id)).State == SandboxState.Exited);

        await On.Engine.StopSandboxAsync(spec.Id, Ct);

        var status = await On.StatusAsync(spec.Id);
        Assert.Equal((SandboxState.Exited, 5, null), (status.State, status.ExitCode, status.EndedSidecar));
    }

    [Fact]
    public async Task A_sidecar_without_its_image_names_itself_and_leaves_nothing()
    {
        var spec = On.Spec("web") with { Sidecars = [Sidecar("proxy") with { ImageId = "sha256:" + new string('0', 64) }] };

        var failure = await Assert.ThrowsAsync<EngineException>(() => On.StartAsync(spec));

        Assert.Equal(EngineError.ImageMissing, failure.Error);
        Assert.Contains("sidecar \"proxy\"", failure.Message, StringComparison.Ordinal);
        await On.Engine.RemoveSandboxAsync(spec.Id, Ct);
        Assert.Empty(await ContainersAsync());
    }

    [Fact]
    public async Task A_start_that_was_cut_off_before_a_sidecar_shows_and_can_be_completed()
    {
        var spec = await On.StartAsync(On.Spec("web") with { Sidecars = [Sidecar("proxy")] });
        await DeleteAsync((await On.StatusAsync(spec.Id)).Sidecars[0].Id);
        var cut = await On.StatusAsync(spec.Id);
        Assert.Equal((SandboxState.Created, null), (cut.State, cut.Address));

        await On.Engine.StartSandboxAsync(spec, Ct);

        Assert.Equal([SandboxState.Running, SandboxState.Running], await StatesAsync(spec));
    }

    [Fact]
    public async Task Sidecars_whose_sandbox_somebody_removed_are_listed_under_its_name_and_go_with_it()
    {
        var spec = await On.StartAsync(On.Spec("web") with { Sidecars = [Sidecar("proxy"), Sidecar("other")] });
        await DeleteAsync(spec.Id);

        var left = Assert.Single(await On.Engine.ListSandboxesAsync(null, Ct));
        Assert.Equal((spec.Id, SandboxState.Created, spec.PoolId), (left.Id, left.State, left.PoolId));
        await On.Engine.RemoveSandboxAsync(left.Id, Ct);

        Assert.Empty(await ContainersAsync());
    }

    protected SidecarSpec Sidecar(string name, params string[] command) => new()
    {
        Name = name,
        ImageId = On.ImageId,
        Command = command.Length == 0 ? ["sleep", "1000"] : command,
        Env = [new EnvVar("GREETING", "beside")],
        MemoryBytes = 64 * ByteSize.MiB,
    };

    protected async Task<System.Text.Json.JsonDocument> InspectAsync(string container)
    {
        using var client = new DockerClient(On.Options, TimeProvider.System);
        return System.Text.Json.JsonDocument.Parse((await client.GetAsync($"/containers/{container}/json", Ct)).Body);
    }

    private async Task<IEnumerable<SandboxState>> StatesAsync(SandboxSpec spec)
    {
        var status = await On.StatusAsync(spec.Id);
        return [status.State, .. status.Sidecars.Select(s => s.State)];
    }

    /// <summary>All that the engine has of this Berth.</summary>
    private async Task<IReadOnlyList<string>> ContainersAsync()
    {
        using var client = new DockerClient(On.Options, TimeProvider.System);
        var reply = await client.GetAsync($"/containers/json?all=1&filters={DockerFilter.Owned(On.Options.Owner, null)}", Ct);
        return [.. reply.Read(DockerJson.Default.IReadOnlyListContainerSummary).Select(c => c.Id)];
    }

    private async Task DeleteAsync(string container)
    {
        using var client = new DockerClient(On.Options, TimeProvider.System);
        Assert.True((await client.SendAsync(HttpMethod.Delete, $"/containers/{container}?force=1", null, On.Options.WorkTimeout, Ct)).Ok);
    }
}
