using Berth.Engines.Cgroups;
using Berth.Testing;

namespace Berth.Engines.Tests.Cgroups;

/// <summary>The kernel's files of both versions, written into a folder.</summary>
public sealed class CgroupMemoryTests : IDisposable
{
    private readonly TemporaryFolder _group = new();

    public void Dispose() => _group.Dispose();

    [Fact]
    public void Version_2_is_asked_for_all_that_there_is()
    {
        Write("memory.current", "1234567\n");
        Write("memory.reclaim", "");

        Assert.True(CgroupMemory.Reclaim(Version2()));

        Assert.Equal("1234567", Read("memory.reclaim"));
    }

    [Fact]
    public void Version_1_is_told_to_empty_it()
    {
        Write("memory.force_empty", "");

        Assert.True(CgroupMemory.Reclaim(new(new Dictionary<string, string> { ["memory"] = _group.Path }, null)));

        Assert.Equal("0", Read("memory.force_empty"));
    }

    [Fact]
    public void A_kernel_that_cannot_and_a_group_that_is_gone_are_left_alone()
    {
        Assert.False(CgroupMemory.Reclaim(Version2()));
        Write("memory.current", "1234567\n");
        Assert.False(CgroupMemory.Reclaim(Version2()));
        Assert.False(CgroupMemory.Reclaim(new(new Dictionary<string, string> { ["memory"] = _group.File("gone") }, null)));
        Assert.Equal(["memory.current"], Directory.GetFiles(_group.Path).Select(Path.GetFileName));
    }

    private CgroupFolders Version2() => new(new Dictionary<string, string>(), _group.Path);

    private void Write(string file, string text) => File.WriteAllText(_group.File(file), text);

    private string Read(string file) => File.ReadAllText(_group.File(file));
}
