using System.Globalization;

namespace Berth.Server.Hosting;

/// <summary>
/// Keeps a second berthd away from the same state folder. The lock is the kernel's: it is gone with the process, however that ends. The
/// process id stands in a file beside it, because a locked file cannot be read.
/// </summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <exception cref="InvalidOperationException">Another berthd has it.</exception>
    public static StateLock Take(string stateFolder)
    {
        if (TryLock(stateFolder) is not { } file)
            throw new InvalidOperationException($"another berthd runs on {stateFolder}; stop it first, or give this one its own --state folder");
        File.WriteAllText(PidFile(stateFolder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new StateLock(file);
    }

    /// <summary>The process that has the lock; null if none has.</summary>
    public static int? Holder(string stateFolder)
    {
        using var free = TryLock(stateFolder);
        if (free is not null || !File.Exists(PidFile(stateFolder)))
            return null;
        return int.TryParse(File.ReadAllText(PidFile(stateFolder)).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryLock(string stateFolder)
    {
        try
        {
            return new FileStream(Path.Combine(stateFolder, "berthd.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(stateFolder, "berthd.lock")))
        {
            return null;
        }
    }

    private static string PidFile(string stateFolder) => Path.Combine(stateFolder, "berthd.pid");
}
