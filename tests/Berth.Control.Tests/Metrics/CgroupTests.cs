using Berth.Control.Metrics;
using Berth.Engines.Cgroups;
using Berth.Testing;

namespace Berth.Control.Tests.Metrics;

/// <summary>Control groups of both versions and of both at once, as the kernel shows them, written into a folder.</summary>
public sealed class CgroupTests : IDisposable
{
    private const int Pid = 4711;
    private const string Group = "docker/1f2e";

    private static readonly DateTimeOffset At = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    private Cgroup Find() => new(new CgroupTree(_machine.Path).Find(Pid)!);

    [Fact]
    public void Version_2_is_read_from_one_folder()
    {
        Write("proc/self/mountinfo", "22 1 0:5 / / rw - ext4 /dev/vda rw\n30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
        Write($"proc/{Pid}/cgroup", $"0::/{Group}\n");
        WriteUnified();
        Write($"sys/fs/cgroup/{Group}/memory.current", "52428800\n");
        Write($"sys/fs/cgroup/{Group}/memory.peak", "62914560\n");
        Write($"sys/fs/cgroup/{Group}/memory.max", "67108864\n");
        Write($"sys/fs/cgroup/{Group}/memory.stat", "anon 100\nfile 200\nactive_file 7\ninactive_file 2428800\n");

        var cgroup = Find();

        Assert.Equal(67108864, cgroup.MemoryLimit());
        Assert.Equal(new UsageSample
        {
            At = At,
            MemoryBytes = 50_000_000,
            MemoryPeakBytes = 62914560,
            Cpu = TimeSpan.FromSeconds(2.5),
            Throttled = TimeSpan.FromMilliseconds(40),
            Pids = 7,
            ReadBytes = 4096 + 100,
            WrittenBytes = 8192 + 200,
        }, cgroup.Read(At, before: null));
    }

    [Fact]
    public void Version_1_is_read_from_a_folder_a_controller()
    {
        Write("proc/self/mountinfo", """
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
            39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids

            """);
        Write($"proc/{Pid}/cgroup", $"9:name=systemd:/{Group}\n8:pids:/{Group}\n7:blkio:/{Group}\n4:memory:/{Group}\n1:cpu,cpuacct:/{Group}\n");
        WriteVersion1();

        var cgroup = Find();

        Assert.Null(cgroup.MemoryLimit());
        Assert.Equal(new UsageSample
        {
            At = At,
            MemoryBytes = 900_000,
            MemoryPeakBytes = 2_000_000,
            Cpu = TimeSpan.FromSeconds(3),
            Throttled = TimeSpan.FromSeconds(1),
            Pids = 3,
            ReadBytes = 11,
            WrittenBytes = 22,
        }, cgroup.Read(At, before: null));
    }

    [Fact]
    public void Side_by_side_each_controller_is_read_where_it_is()
    {
        Write("proc/self/mountinfo", "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
        Write($"proc/{Pid}/cgroup", $"4:memory:/{Group}\n0::/{Group}\n");
        WriteVersion1();
        WriteUnified("unified/");

        var seen = Find().Read(At, before: null)!.Value;

        Assert.Equal((900_000, TimeSpan.FromSeconds(2.5), 7), (seen.MemoryBytes, seen.Cpu, seen.Pids));
    }

    [Fact]
    public void A_berthd_that_runs_in_a_container_itself_sees_groups_below_its_own()
    {
        Write("proc/self/mountinfo", "30 22 0:26 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Write($"proc/{Pid}/cgroup", $"0::/outer/{Group}\n");
        WriteUnified();
        Write($"sys/fs/cgroup/{Group}/memory.current", "5\n");
        Write($"sys/fs/cgroup/{Group}/memory.stat", "");
        Write($"sys/fs/cgroup/{Group}/memory.max", "max\n");

        var cgroup = Find();

        Assert.Equal(5, cgroup.Read(At, before: null)!.Value.MemoryBytes);
        Assert.Null(cgroup.MemoryLimit());
    }

    [Fact]
    public void Of_one_that_used_no_CPU_nothing_else_is_read_again()
    {
        Write("proc/self/mountinfo", "30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Write($"proc/{Pid}/cgroup", $"0::/{Group}\n");
        WriteUnified();
        Write($"sys/fs/cgroup/{Group}/memory.current", "5\n");
        var cgroup = Find();
        var first = cgroup.Read(At, before: null);

        Write($"sys/fs/cgroup/{Group}/memory.current", "6\n");
        Assert.Equal(first!.Value with { At = At.AddSeconds(1) }, cgroup.Read(At.AddSeconds(1), first));
        Write($"sys/fs/cgroup/{Group}/cpu.stat", "usage_usec 2500001\n");
        Assert.Equal(6, cgroup.Read(At.AddSeconds(2), first)!.Value.MemoryBytes);
    }

    [Fact]
    public void What_is_gone_is_not_read()
    {
        Write("proc/self/mountinfo", "30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Write($"proc/{Pid}/cgroup", $"0::/{Group}\n");

        Assert.Null(Find().Read(At, before: null));
        Assert.Null(new CgroupTree(_machine.Path).Find(Pid + 1));
    }

    private void WriteUnified(string mount = "")
    {
        var folder = $"sys/fs/cgroup/{mount}{Group}";
        Write($"{folder}/cpu.stat", "usage_usec 2500000\nuser_usec 1\nnr_throttled 3\nthrottled_usec 40000\n");
        Write($"{folder}/pids.current", "7\n");
        Write($"{folder}/io.stat", "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=100 wbytes=200 rios=1 wios=1\n");
    }

    private void WriteVersion1()
    {
        Write($"sys/fs/cgroup/memory/{Group}/memory.usage_in_bytes", "1000000\n");
        Write($"sys/fs/cgroup/memory/{Group}/memory.max_usage_in_bytes", "2000000\n");
        Write($"sys/fs/cgroup/memory/{Group}/memory.limit_in_bytes", "9223372036854771712\n");
        Write($"sys/fs/cgroup/memory/{Group}/memory.stat", "cache 1\ninactive_file 5\ntotal_inactive_file 100000\n");
        Write($"sys/fs/cgroup/cpu,cpuacct/{Group}/cpuacct.usage", "3000000000\n");
        Write($"sys/fs/cgroup/cpu,cpuacct/{Group}/cpu.stat", "nr_periods 10\nnr_throttled 2\nthrottled_time 1000000000\n");
        Write($"sys/fs/cgroup/pids/{Group}/pids.current", "3\n");
        Write($"sys/fs/cgroup/blkio/{Group}/blkio.throttle.io_service_bytes_recursive", "8:0 Read 11\n8:0 Write 22\n8:0 Sync 33\n8:0 Total 33\nTotal 33\n");
    }

    private void Write(string path, string text)
    {
        var file = _machine.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
