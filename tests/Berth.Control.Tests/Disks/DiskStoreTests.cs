using Berth.Control.Store;
using Berth.Testing;

namespace Berth.Control.Tests.Disks;

public sealed class DiskStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly TemporaryFolder _folder = new();
    private readonly StateStore _state;
    private readonly DiskStore _disks;

    public DiskStoreTests()
    {
        _state = StateStore.Open(_folder.File("berth.db"));
        _disks = new DiskStore(_state);
        _disks.Add(new() { Name = "data", Size = 1, FileSystem = "ext4", CreatedAt = Now, Generation = 0 });
    }

    [Fact]
    public void Of_two_that_saw_the_same_generation_one_gets_the_lease()
    {
        var seen = _disks.Find("data")!;

        Assert.Equal(1, _disks.TryLease(seen, new("a-1", "a", Now)));
        Assert.Null(_disks.TryLease(seen, new("b-1", "b", Now)));
        Assert.Equal("a-1", _disks.Find("data")!.Lease!.Sandbox);
    }

    [Fact]
    public void An_old_holder_cannot_release_what_another_has_taken_over()
    {
        _disks.TryLease(_disks.Find("data")!, new("a-1", "a", Now));
        _disks.TryLease(_disks.Find("data")!, new("a-2", "a", Now));

        _disks.Release("data", generation: 1, used: 7);

        var disk = _disks.Find("data")!;
        Assert.Equal((2, "a-2", null), (disk.Generation, disk.Lease!.Sandbox, disk.Used));
    }

    [Fact]
    public void A_released_disk_keeps_its_generation_and_what_is_known_of_its_use()
    {
        _disks.TryLease(_disks.Find("data")!, new("a-1", "a", Now));
        _disks.Release("data", generation: 1, used: 7);
        _disks.Release("data", generation: 1, used: null);

        var disk = _disks.Find("data")!;
        Assert.Equal((1, null, 7), (disk.Generation, disk.Lease, disk.Used));
    }

    [Fact]
    public void A_leased_disk_is_not_removed()
    {
        _disks.TryLease(_disks.Find("data")!, new("a-1", "a", Now));
        Assert.False(_disks.Remove("data"));

        _disks.Release("data", generation: 1, used: null);
        Assert.True(_disks.Remove("data"));
        Assert.Empty(_disks.List());
    }

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }
}
