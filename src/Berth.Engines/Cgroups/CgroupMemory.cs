using System.Text;

namespace Berth.Engines.Cgroups;

/// <summary>What the kernel can take back of a control group's memory while nothing in it runs: cached files, and with swap the rest. The group's limit stays.</summary>
internal static class CgroupMemory
{
    /// <summary>Returns when the kernel has taken what it could, after moments, or seconds with swap. False if it cannot be told to, or not here.</summary>
    public static bool Reclaim(CgroupFolders folders)
    {
        try
        {
            if (folders.Own("memory") is { } own)
                return Tell(Path.Combine(own, "memory.force_empty"), "0");
            // As much as there is: it takes what it can, and reports the rest as a failure.
            return folders.Shared("memory.current") is { } current && Tell(folders.Shared("memory.reclaim")!, File.ReadAllText(current).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Tell(string file, string word)
    {
        if (!File.Exists(file))
            return false;
        using var open = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        open.Write(Encoding.ASCII.GetBytes(word));
        return true;
    }
}
