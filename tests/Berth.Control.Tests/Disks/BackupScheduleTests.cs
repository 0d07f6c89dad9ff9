using Berth.Control.Operations;
using Berth.Control.Store;

namespace Berth.Control.Tests.Disks;

/// <summary>What a person may ask for, and what stays of it. That disks are copied and restored is shown end to end: it needs a kernel.</summary>
public sealed class BackupScheduleTests
{
    private static readonly BackupWish Nightly = new("0 3 * * *", null, null, null, null, null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_schedule_stands_after_a_restart_and_ends_with_its_disk()
    {
        await using var house = await StartAsync();
        Assert.Null(house.Control.BackupSchedules.Set("data", Nightly with { Keep = 3, Proof = "0 4 * * 0", Check = "true" }).Error);

        await house.RestartAsync();

        var schedule = Assert.Single(house.Stores.Backups.ListSchedules());
        Assert.Equal(("data", "0 3 * * *", 3, "0 4 * * 0", "true"), (schedule.Disk, schedule.Schedule, schedule.Keep, schedule.ProofSchedule, schedule.Check));
        await house.Control.Disks.DeleteAsync("data", Ct);
        Assert.Empty(house.Stores.Backups.ListSchedules());
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_leaves_the_schedule_as_it_was()
    {
        await using var house = await StartAsync();
        Assert.Null(house.Control.BackupSchedules.Set("data", Nightly).Error);

        foreach (var (wish, code) in new[]
        {
            (Nightly with { Schedule = "soon" }, "bad-schedule"), (Nightly with { Proof = "0 4 31 2 *", Check = "true" }, "bad-schedule"), (Nightly with { Keep = 0 }, "bad-keep"),
            (Nightly with { Proof = "0 4 * * 0" }, "check-needed"), (Nightly with { Check = "true" }, "proof-needed"), (Nightly with { Folder = "backups" }, "bad-folder"),
            (Nightly with { Folder = "/proc/none" }, "bad-folder"),
        })
            Assert.Equal(code, house.Control.BackupSchedules.Set("data", wish).Error!.Code);

        Assert.Equal(BackupScheduleOperations.DefaultKeep, Assert.Single(house.Stores.Backups.ListSchedules()).Keep);
        Assert.Equal("disk-not-found", house.Control.BackupSchedules.Set("none", Nightly).Error!.Code);
        Assert.Equal("no-backup", (await ProveAsync(house)).Error!.Code);
    }

    [Fact]
    public async Task A_kill_in_the_middle_leaves_no_half_backup_and_forgets_no_whole_one()
    {
        await using var house = await StartAsync();
        house.Control.BackupSchedules.Set("data", Nightly);
        var folder = Directory.CreateDirectory(house.Options.BackupsFolder).FullName;
        var (half, whole, foreign) = (Path.Combine(folder, ".data-20260102-030000000.tar.gz.half"), Path.Combine(folder, "data-20260101-030000000.tar.gz"), Path.Combine(folder, "data-base.tar.gz"));
        foreach (var file in new[] { half, whole, foreign })
            await File.WriteAllTextAsync(file, "x", Ct);

        await house.RestartAsync();

        Assert.False(File.Exists(half));
        var found = Assert.Single(house.Stores.Backups.List("data"));
        Assert.Equal(("data-20260101-030000000", whole, 1), (found.Id, found.Path, found.Size));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 3, 0, 0, TimeSpan.Zero), found.At);
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public async Task A_failed_proof_says_why_and_takes_nothing_from_the_last_good_one()
    {
        await using var house = await StartAsync();
        var at = DateTimeOffset.UnixEpoch;
        house.Stores.Backups.Add(new() { Id = "data-1", Disk = "data", At = at, Path = "/none/data-1.tar.gz", Size = 1 });
        house.Control.BackupSchedules.Set("data", Nightly with { Proof = "0 4 * * 0", Check = "true" });
        house.Stores.Backups.SetProof("data-1", at, problem: null);

        var tried = await ProveAsync(house);

        Assert.Contains("no app's active release has a service with disk \"data\"", tried.Value.ProofProblem, StringComparison.Ordinal);
        Assert.Equal(at, tried.Value.ProvenAt);
        Assert.Equal("backup-away", (await house.Control.BackupSchedules.RestoreAsync("data-1", "new", null, Ct)).Error!.Code);
    }

    private static Task<Outcome<Backup>> ProveAsync(ControlUnderTest house)
    {
        house.Control.BackupSchedules.Set("data", Nightly with { Proof = "0 4 * * 0", Check = "true" });
        return house.Control.BackupSchedules.ProveAsync("data", Ct);
    }

    private static async Task<ControlUnderTest> StartAsync()
    {
        var house = await ControlUnderTest.StartAsync();
        house.Stores.Disks.Add(new() { Name = "data", Size = 1, FileSystem = "ext4", CreatedAt = DateTimeOffset.UnixEpoch, Generation = 0 });
        return house;
    }
}
