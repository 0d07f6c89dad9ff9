using System.Globalization;

namespace Berth.Server.Hosting;

/// <summary>Keeps a second berthd away from the same state folder. The lock is the kernel's: it is gone with the process, however that ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <summary>The process id stands in a file of its own: a locked one cannot be read.</summary>
    private static string PidFile(string stateFolder) => Path.Combine(stateFolder, "berthd.pid");

    private static string LockFile(string stateFolder) => Path.Combine(stateFolder, "berthd.lock");

    /// <exception cref="InvalidOperationException">Another berthd has it.</exception>
    public static StateLock Take(string stateFolder)
    {
        var path = LockFile(stateFolder);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(PidFile(stateFolder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new StateLock(file);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new InvalidOperationException($"another berthd runs on {stateFolder}; stop it first, or give this one its own --state folder");
        }
    }

    /// <summary>The process that has the lock; null if none has.</summary>
    public static int? Holder(string stateFolder)
    {
        var path = LockFile(stateFolder);
        if (!File.Exists(path))
            return null;
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException)
        {
            return int.TryParse(File.ReadAllText(PidFile(stateFolder)).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
    }

    public void Dispose() => _file.Dispose();
}
