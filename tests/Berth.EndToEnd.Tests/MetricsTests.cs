using System.Text.Json.Nodes;

namespace Berth.EndToEnd.Tests;

/// <summary>What sandboxes use, read from this kernel's control groups.</summary>
public sealed class MetricsTests(SharedServer shared)
{
    private const long Limit = 16 << 20;

    [Fact]
    public async Task What_a_sandbox_uses_is_shown_and_how_its_memory_ran_out_is_kept()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("Procfile", "hungry: while [ ! -e /tmp/eat ]; do sleep 1; done; A=$(seq 100000); while :; do A=$A$A; done\n"));
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(source.Path, "Procfile"), "-a", "meter")).Succeeded();
        (await berth.CliAsync("scale", "meter", "--process", "hungry", "-m", "16M")).Succeeded();

        var used = await Eventually.BecomesAsync("the small sandbox is measured", async () => (await MetricsAsync(berth)).FirstOrDefault(), u => u?["memory_limit_bytes"] is { } limit && (long)limit! == Limit, ct);
        Assert.InRange((long)used!["memory_bytes"]!, 1, Limit);
        Assert.InRange((long)used["memory_peak_bytes"]!, (long)used["memory_bytes"]!, Limit);
        Assert.InRange((int)used["pids"]!, 2, 10);
        Assert.True((double)used["cpu_seconds"]! > 0);
        var id = (string)used["sandbox"]!;
        Assert.Contains("hungry CPU", (await berth.CliAsync("app", "meter", "--graph")).Succeeded().Stdout, StringComparison.Ordinal);
        await berth.CliAsync("sandbox", "exec", id, "--", "touch", "/tmp/eat");

        var crash = await Eventually.BecomesAsync("the crash is kept", async () => (await berth.CliAsync("crashes", "show", id, "--format", "json")) is { ExitCode: 0 } shown ? shown.Json : null, c => c is not null, ct);
        Assert.True((bool)crash!["crash"]!["out_of_memory"]!, crash.ToJsonString());
        Assert.Equal(Limit, (long)crash["memory"]!["limit_bytes"]!);
        Assert.NotEmpty(crash["memory"]!["points"]!.AsArray());
    }

    private static async Task<IEnumerable<JsonNode>> MetricsAsync(BerthServer berth) =>
        (await berth.CliAsync("sandbox", "metrics", "-a", "meter", "--format", "json")).Succeeded().Json.AsArray().Select(m => m!);
}
