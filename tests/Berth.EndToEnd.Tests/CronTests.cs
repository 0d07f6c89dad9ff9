namespace Berth.EndToEnd.Tests;

/// <summary>A command that runs by the clock, with a secret that it prints.</summary>
public sealed class CronTests(SharedServer shared)
{
    [Fact]
    public async Task A_cron_runs_in_a_sandbox_of_its_own_and_its_end_is_kept_without_its_secrets()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With((".berth/app.toml", $$"""
            [services.worker]
            image = "{{image.Reference}}"
            command = "{{TinyImage.Worker}}"
            [[crons]]
            name = "nightly"
            schedule = "0 3 1 1 *"
            command = "echo cleaned with $TOKEN; exit 3"
            """));
        (await berth.CliAsync("create", "crons")).Succeeded();
        (await berth.CliAsync("env", "set", "-a", "crons", "--secret", "TOKEN=planted-in-the-cron")).Succeeded();
        (await berth.CliAsync("deploy", source.Path, "-a", "crons")).Succeeded();

        var sandbox = (await berth.CliAsync("cron", "run", "nightly", "-a", "crons")).Succeeded().Stdout.Trim();

        await Eventually.TrueAsync("the run has ended with its code", async () => (await berth.CliAsync("cron", "history", "nightly", "-a", "crons")).Succeeded().Stdout.Contains("failed (3)", StringComparison.Ordinal), ct);
        Assert.EndsWith("[nightly] cleaned with ***\n", (await berth.CliAsync("logs", "crons", "-s", sandbox)).Succeeded().Stdout, StringComparison.Ordinal);
        Assert.Contains("failed (3)", (await berth.CliAsync("cron", "list", "-a", "crons")).Succeeded().Stdout, StringComparison.Ordinal);
        await Eventually.BecomesAsync("only the service is left", async () => (await berth.Engine.ContainersAsync("berth.app=crons", ct)).Count, count => count == 1, ct);
    }
}
