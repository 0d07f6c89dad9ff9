namespace Berth.Builds.Stacks;

/// <summary>
/// Where mmdebstrap works. It ends with the server, however that ends, but not at the same moment: while any process of it is left, the lock file is locked.
/// </summary>
internal sealed class StackWorkFolder(StackOptions options, TimeProvider time)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);

    public string LockFile => Path.Combine(options.WorkFolder, "lock");

    /// <summary>A new folder that everybody may read, as far as the state folder lets them: apt prefers to download as a user of its own.</summary>
    public string Make()
    {
        Directory.CreateDirectory(options.WorkFolder);
        for (int number = 1; ; number++)
        {
            var folder = Path.Combine(options.WorkFolder, $"{number}");
            if (Path.Exists(folder))
                continue;
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
            return folder;
        }
    }

    /// <summary>Removes what is in the folder, once nothing works there any more; what still does after the limit is left alone.</summary>
    public async Task ClearAsync(CancellationToken ct)
    {
        if (!Directory.Exists(options.WorkFolder))
            return;
        for (var waited = TimeSpan.Zero; IsLocked(); waited += LookPeriod)
        {
            if (waited >= options.LeftoverTimeout)
                return;
            await Task.Delay(LookPeriod, time, ct);
        }
        foreach (var folder in Directory.EnumerateDirectories(options.WorkFolder))
            Remove(folder);
    }

    /// <summary>A killed mmdebstrap takes its mounts with it; if one is left all the same, nothing below it is ours to delete.</summary>
    public static void Remove(string folder)
    {
        if (!File.ReadLines("/proc/self/mountinfo").Any(mount => mount.Contains(folder, StringComparison.Ordinal)))
            Directory.Delete(folder, recursive: true);
    }

    private bool IsLocked()
    {
        try
        {
            using var free = new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
