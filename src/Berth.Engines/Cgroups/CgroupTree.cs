namespace Berth.Engines.Cgroups;

/// <summary>
/// The machine's control groups: version 1 with a tree a controller, version 2 with one for all, or both side by side, where each controller is in one of them.
/// </summary>
/// <param name="root">Where the machine's files are; <c>/</c> but in tests.</param>
public sealed class CgroupTree(string root = "/")
{
    /// <summary>Of <c>/proc/PID/cgroup</c>: the name of the one tree of version 2.</summary>
    private const string Unified = "";

    /// <summary>Null: the process is gone, or the groups are not mounted here.</summary>
    public CgroupFolders? Find(int pid)
    {
        try
        {
            var mounts = Mounts();
            var folders = new Dictionary<string, string>(StringComparer.Ordinal);
            // A line is "4:memory:/docker/1f…", "2:cpu,cpuacct:/…", or "0::/…".
            foreach (var line in File.ReadLines(Path.Combine(root, "proc", $"{pid}", "cgroup")))
            {
                var parts = line.Split(':', 3);
                foreach (var controller in parts[1].Split(','))
                {
                    if (mounts.TryGetValue(controller, out var mount))
                        folders[controller] = mount.Folder(parts[2]);
                }
            }
            return folders.Count == 0 ? null : new CgroupFolders(folders, folders.GetValueOrDefault(Unified));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>By controller. Read anew each time: an engine that starts later may mount what was not there.</summary>
    private Dictionary<string, Mount> Mounts()
    {
        var mounts = new Dictionary<string, Mount>(StringComparer.Ordinal);
        // "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory"
        foreach (var line in File.ReadLines(Path.Combine(root, "proc", "self", "mountinfo")))
        {
            var halves = line.Split(" - ", 2);
            if (halves.Length < 2 || !halves[1].StartsWith("cgroup", StringComparison.Ordinal))
                continue;
            var (place, kind) = (halves[0].Split(' '), halves[1].Split(' '));
            var mount = new Mount(Path.Combine(root, place[4].TrimStart('/')), place[3]);
            foreach (var controller in kind[0] == "cgroup2" ? [Unified] : kind[2].Split(','))
                mounts.TryAdd(controller, mount);
        }
        return mounts;
    }

    /// <param name="Point">Where it is mounted.</param>
    /// <param name="Top">The group that is seen there: <c>/</c>, unless this is a container itself.</param>
    private sealed record Mount(string Point, string Top)
    {
        public string Folder(string group) =>
            Path.Combine(Point, (Top.Length > 1 && group.StartsWith(Top, StringComparison.Ordinal) ? group[Top.Length..] : group).TrimStart('/'));
    }
}
