using Berth.Engines.Cgroups;
using Berth.Testing;

namespace Berth.Engines.Tests.Cgroups;

/// <summary>The kernel's files of both versions, written into a folder. Nothing changes there by itself: what the kernel would answer is there before, or never comes.</summary>
public sealed class CgroupFreezerTests : IDisposable
{
    private readonly TemporaryFolder _group = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _group.Dispose();

    [Fact]
    public async Task Version_2_is_told_by_one_file_and_tells_by_another()
    {
        Write("cgroup.freeze", "0\n");
        Write("cgroup.events", "populated 1\nfrozen 1\n");
        var freezer = CgroupFreezer.In(Version2())!;

        Assert.True(await freezer.FreezeAsync(TimeSpan.FromSeconds(5), _time, Ct));
        Assert.StartsWith("1", Read("cgroup.freeze"), StringComparison.Ordinal);
        Assert.True(freezer.IsFrozen());

        Assert.True(freezer.Thaw());
        Assert.StartsWith("0", Read("cgroup.freeze"), StringComparison.Ordinal);
        Write("cgroup.events", "populated 1\nfrozen 0\n");
        Assert.False(freezer.IsFrozen());
    }

    [Fact]
    public async Task Version_1_is_told_by_the_file_that_tells()
    {
        Write("freezer.state", "THAWED\n");
        var freezer = CgroupFreezer.In(new(new Dictionary<string, string> { ["freezer"] = _group.Path }, null))!;

        Assert.False(freezer.IsFrozen());
        Assert.True(await freezer.FreezeAsync(TimeSpan.FromSeconds(5), _time, Ct));
        Assert.True(freezer.IsFrozen());
        Assert.True(freezer.Thaw());
        Assert.False(freezer.IsFrozen());
    }

    [Fact]
    public async Task What_does_not_stand_still_in_time_runs_on()
    {
        Write("cgroup.freeze", "0\n");
        Write("cgroup.events", "populated 1\nfrozen 0\n");

        var freezing = CgroupFreezer.In(Version2())!.FreezeAsync(TimeSpan.FromSeconds(5), _time, Ct);
        Assert.StartsWith("1", Read("cgroup.freeze"), StringComparison.Ordinal);
        await _time.WaitForTimersAsync(1, Ct);
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.False(await freezing);
        Assert.StartsWith("0", Read("cgroup.freeze"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_it_running()
    {
        Write("cgroup.freeze", "0\n");
        Write("cgroup.events", "populated 1\nfrozen 0\n");
        using var stop = new CancellationTokenSource();

        var freezing = CgroupFreezer.In(Version2())!.FreezeAsync(TimeSpan.FromSeconds(5), _time, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => freezing);
        Assert.StartsWith("0", Read("cgroup.freeze"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_is_gone_is_not_frozen_and_cannot_be()
    {
        Write("cgroup.freeze", "0\n");
        Write("cgroup.events", "populated 1\nfrozen 1\n");
        var freezer = CgroupFreezer.In(Version2())!;
        File.Delete(Path.Combine(_group.Path, "cgroup.freeze"));
        File.Delete(Path.Combine(_group.Path, "cgroup.events"));

        Assert.False(freezer.IsFrozen());
        Assert.False(await freezer.FreezeAsync(TimeSpan.FromSeconds(5), _time, Ct));
        Assert.False(freezer.Thaw());
    }

    [Fact]
    public void Where_the_kernel_shows_no_such_file_there_is_no_freezer()
    {
        Assert.Null(CgroupFreezer.In(Version2()));
        Assert.Null(CgroupFreezer.In(new(new Dictionary<string, string> { ["freezer"] = _group.Path }, null)));
        Assert.Null(CgroupFreezer.In(new(new Dictionary<string, string>(), null)));
    }

    [Theory]
    [InlineData("/sys/fs/cgroup/docker/1f2e", true)]
    [InlineData("/sys/fs/cgroup/system.slice/docker-1f2e.scope", true)]
    [InlineData("/sys/fs/cgroup/docker/9a8b", false)]
    [InlineData("/sys/fs/cgroup/docker/1f2e/inner", false)]
    public void A_group_is_a_containers_by_its_name(string folder, bool isIts) =>
        Assert.Equal(isIts, new CgroupFolders(new Dictionary<string, string>(), folder).AreOf("1f2e"));

    private CgroupFolders Version2() => new(new Dictionary<string, string>(), _group.Path);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_group.Path, file), text);

    private string Read(string file) => File.ReadAllText(Path.Combine(_group.Path, file));
}
