using System.Text.Json.Nodes;

namespace Berth.EndToEnd.Tests;

/// <summary>What is on a disk stays, whatever becomes of the sandboxes, the app and Berth's own programs.</summary>
public sealed class DiskTests(SharedServer shared)
{
    [Fact]
    public async Task Data_survives_a_redeploy_a_crash_and_the_deletion_of_its_app()
    {
        const string App = "disk-keeper";
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "keeper-data");
        await DeployAsync(berth, source, App);
        await InsideAsync(berth, App, "echo kept >/data/file");

        var first = await SandboxAsync(berth, App);
        await DeployAsync(berth, source, App);
        Assert.Equal("kept\n", await InsideAsync(berth, App, "cat /data/file"));
        var second = await SandboxAsync(berth, App);
        Assert.NotEqual(first, second);

        await berth.CliAsync("sandbox", "exec", second, "--", "sh", "-c", "kill -9 -1");
        await Eventually.TrueAsync("another sandbox has the disk", async () =>
            await berth.RunningAsync(App, "store") is [var other] && (string)other["id"]! is var id && id != second && await HolderAsync(berth, "keeper-data") == id, ct);
        Assert.Equal("kept\n", await InsideAsync(berth, App, "cat /data/file"));

        (await berth.CliAsync("app", "delete", App, "--yes")).Succeeded();
        await FreeAsync(berth, "keeper-data", ct);
        Assert.True((long)(await DiskAsync(berth, "keeper-data"))!["used_bytes"]! > 0);
        await DeployAsync(berth, source, "disk-heir");
        Assert.Equal("kept\n", await InsideAsync(berth, "disk-heir", "cat /data/file"));
    }

    [Fact]
    public async Task A_disk_takes_what_its_size_says_and_not_more()
    {
        const string App = "disk-full";
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "small");
        await DeployAsync(berth, source, App);

        var full = await berth.CliAsync("sandbox", "exec", await SandboxAsync(berth, App), "--", "sh", "-c", "busybox fallocate -l 900000000 /data/most && dd if=/dev/zero of=/data/rest bs=1M count=300");

        Assert.NotEqual(0, full.ExitCode);
        Assert.Contains("No space left on device", full.Stderr + full.Stdout, StringComparison.Ordinal);
        // The image is as large as it was made: the machine has lost no more than that.
        Assert.Equal(1L << 30, new FileInfo(Path.Combine(berth.StateFolder, "disks", "small", "image")).Length);
        Assert.Equal("there is room\n", await InsideAsync(berth, App, "rm /data/most /data/rest; echo there is room >/data/file; cat /data/file"));
    }

    [Fact]
    public async Task A_disk_that_another_app_uses_is_refused_by_name_and_cannot_be_deleted()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "contested");
        await DeployAsync(berth, source, "disk-owner");
        var owner = await SandboxAsync(berth, "disk-owner");

        var refused = (await berth.CliAsync("deploy", source.Path, "-a", "disk-rival")).Exited(1);
        var kept = (await berth.CliAsync("disk", "delete", "contested", "--yes")).Exited(1);

        Assert.Contains($"disk \"contested\" is in use by sandbox {owner} of app \"disk-owner\"", refused.Stderr, StringComparison.Ordinal);
        Assert.Contains($"disk \"contested\" is in use by sandbox {owner} of app \"disk-owner\"", kept.Stderr, StringComparison.Ordinal);
        Assert.Equal(owner, await HolderAsync(berth, "contested"));

        (await berth.CliAsync("scale", "store=0", "-a", "disk-owner")).Succeeded();
        await FreeAsync(berth, "contested", ct);
        (await berth.CliAsync("disk", "delete", "contested", "--yes")).Succeeded();
        Assert.Null(await DiskAsync(berth, "contested"));
        Assert.False(Directory.Exists(Path.Combine(berth.StateFolder, "disks", "contested")));
    }

    [Fact]
    public async Task A_disk_without_a_size_must_exist_and_a_read_only_one_is_not_written_to()
    {
        const string App = "disk-reader";
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "archive", sizeGb: 0, "read_only = true");

        var refused = (await berth.CliAsync("deploy", source.Path, "-a", App)).Exited(1);
        Assert.Contains("there is no disk \"archive\", and without size_gb none is made", refused.Stderr, StringComparison.Ordinal);

        (await berth.CliAsync("disk", "create", "archive", "--size", "1")).Succeeded();
        await DeployAsync(berth, source, App);
        var written = await berth.CliAsync("sandbox", "exec", await SandboxAsync(berth, App), "--", "sh", "-c", "echo x >/data/file");
        Assert.NotEqual(0, written.ExitCode);
        Assert.Contains("Read-only file system", written.Stderr + written.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_berthd_finds_disk_and_sandbox_as_they_were_and_down_unmounts_all()
    {
        const string App = "disk-survivor";
        var ct = TestContext.Current.CancellationToken;
        await using var berth = await BerthServer.StartNewAsync(ct);
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "survivor-data");
        await DeployAsync(berth, source, App);
        var sandbox = await SandboxAsync(berth, App);
        await InsideAsync(berth, App, "echo before >/data/file");

        await berth.KillAsync();
        await berth.StartAsync(ct);

        Assert.Equal(sandbox, await HolderAsync(berth, "survivor-data"));
        Assert.Equal("before\nafter\n", await InsideAsync(berth, App, "echo after >>/data/file; cat /data/file"));
        Assert.Equal(sandbox, await SandboxAsync(berth, App));
        Assert.Single(berth.Mounts());

        await berth.DownAsync();
        Assert.Empty(berth.Mounts());
        await berth.StartAsync(ct);
        await Eventually.TrueAsync("the app runs again", async () => (await berth.RunningAsync(App, "store")).Count == 1, ct);
        Assert.Equal("before\nafter\n", await InsideAsync(berth, App, "cat /data/file"));
    }

    [Fact]
    public async Task A_backup_is_restored_into_another_disk_as_it_was()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "original");
        using var other = Source(image, "restored", sizeGb: 0);
        await DeployAsync(berth, source, "disk-original");
        var sandbox = await SandboxAsync(berth, "disk-original");
        await InsideAsync(berth, "disk-original", "mkdir /data/deep; echo one >/data/deep/file; chown 65534 /data/deep/file; chmod 640 /data/deep/file");

        var backup = (await berth.CliAsync("disk", "backup", "original")).Succeeded().Output;
        await InsideAsync(berth, "disk-original", "echo two >/data/deep/file");
        (await berth.CliAsync(backup, "disk", "restore", "restored")).Succeeded();

        Assert.Equal(sandbox, await SandboxAsync(berth, "disk-original"));
        await DeployAsync(berth, other, "disk-restored");
        Assert.Equal("one\n65534 640\n", await InsideAsync(berth, "disk-restored", "cat /data/deep/file; stat -c '%u %a' /data/deep/file"));
        Assert.Equal((long)(await DiskAsync(berth, "original"))!["size_bytes"]!, (long)(await DiskAsync(berth, "restored"))!["size_bytes"]!);

        var taken = (await berth.CliAsync(backup, "disk", "restore", "original")).Exited(1);
        Assert.Contains("there is a disk \"original\" already", taken.Stderr, StringComparison.Ordinal);
        foreach (var broken in new[] { backup[..(backup.Length / 2)], "no backup"u8.ToArray(), [] })
            Assert.Contains("disk \"broken\" cannot be restored", (await berth.CliAsync(broken, "disk", "restore", "broken")).Exited(1).Stderr, StringComparison.Ordinal);
        Assert.Null(await DiskAsync(berth, "broken"));
        Assert.Equal(["original", "restored"], Directory.EnumerateDirectories(Path.Combine(berth.StateFolder, "disks")).Select(Path.GetFileName).Where(n => n is "original" or "restored" or "broken" || n!.StartsWith('.')).Order());
    }

    [Fact]
    public async Task A_backup_on_the_server_is_proven_in_a_sandbox_of_its_own_and_restored_by_name()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = Source(image, "kept");
        await DeployAsync(berth, source, "disk-kept");
        await InsideAsync(berth, "disk-kept", "echo precious >/data/file");
        const string Check = "grep precious /data/file && echo written on trial >/data/file && ! ip addr | grep eth0";
        (await berth.CliAsync("disk", "schedule", "kept", "0 3 1 1 *", "--keep", "1", "--proof", "0 4 1 1 *", "--check", Check)).Succeeded();

        (await berth.CliAsync("disk", "backup", "kept", "--on-server")).Succeeded();
        (await berth.CliAsync("disk", "prove", "kept")).Succeeded();
        Assert.Equal("precious\n", await InsideAsync(berth, "disk-kept", "cat /data/file"));
        await InsideAsync(berth, "disk-kept", "echo spoilt >/data/file");
        (await berth.CliAsync("disk", "backup", "kept", "--on-server")).Succeeded();
        Assert.Contains("NOT proven", (await berth.CliAsync("disk", "prove", "kept")).Exited(1).Stderr, StringComparison.Ordinal);

        // One is kept, and the last that was proven besides.
        var backups = (await berth.CliAsync("disk", "backups", "kept", "--format", "json")).Succeeded().Json.AsArray();
        Assert.Equal([false, true], backups.Select(b => b!["proven_at"] is not null));
        Assert.Contains("ended with exit code 1", (string)backups[0]!["problem"]!, StringComparison.Ordinal);
        Assert.NotNull((await DiskAsync(berth, "kept"))!["proven_at"]);
        (await berth.CliAsync("disk", "restore", "kept-again", "--from", (string)backups[1]!["id"]!)).Succeeded();
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(berth.StateFolder, "disks")), folder => Path.GetFileName(folder).StartsWith('.'));
        Assert.DoesNotContain(await berth.SandboxesAsync("disk-kept"), s => ((string)s!["id"]!).Contains("proof", StringComparison.Ordinal));
        using var other = Source(image, "kept-again", sizeGb: 0);
        await DeployAsync(berth, other, "disk-kept-again");
        Assert.Equal("precious\n", await InsideAsync(berth, "disk-kept-again", "cat /data/file"));
    }

    private static SourceFolder Source(TinyImage image, string disk, int sizeGb = 1, string more = "") => SourceFolder.With(
        ("Dockerfile", $"FROM {image.Reference}\n"),
        (".berth/app.toml", $"""
            [services.store]
            command = "{TinyImage.Worker}"
            [[services.store.disks]]
            name = "{disk}"
            mount_path = "/data"
            size_gb = {sizeGb}
            {more}
            """));

    private static async Task DeployAsync(BerthServer berth, SourceFolder source, string app) => (await berth.CliAsync("deploy", source.Path, "-a", app, "--force")).Succeeded();

    private static async Task<string> SandboxAsync(BerthServer berth, string app) => (string)Assert.Single(await berth.RunningAsync(app, "store"))["id"]!;

    private static async Task<string> InsideAsync(BerthServer berth, string app, string script) =>
        (await berth.CliAsync("sandbox", "exec", await SandboxAsync(berth, app), "--", "sh", "-c", script)).Succeeded().Stdout;

    private static async Task<JsonNode?> DiskAsync(BerthServer berth, string disk) =>
        (await berth.CliAsync("disk", "list", "--format", "json")).Succeeded().Json.AsArray().FirstOrDefault(d => (string)d!["name"]! == disk);

    private static async Task<string?> HolderAsync(BerthServer berth, string disk) => (string?)(await DiskAsync(berth, disk))!["lease"]?["sandbox"];

    private static Task FreeAsync(BerthServer berth, string disk, CancellationToken ct) =>
        Eventually.TrueAsync("nobody has the disk", async () => await HolderAsync(berth, disk) is null, ct);
}
