using System.Globalization;

namespace Berth.Server.Hosting;

/// <summary>Keeps a second berthd away from the same state folder. The lock is the kernel's: it is gone with the process, however that ends.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    public static string PathIn(string stateFolder) => Path.Combine(stateFolder, "berthd.pid");

    /// <exception cref="InvalidOperationException">Another berthd has it.</exception>
    public static StateLock Take(string stateFolder)
    {
        var path = PathIn(stateFolder);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
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
        var path = PathIn(stateFolder);
        if (!File.Exists(path))
            return null;
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return null;
        }
        catch (IOException)
        {
            // The lock is advisory: reading with no lock of our own still works.
            using var taken = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
            using var reader = new StreamReader(taken);
            return int.TryParse(reader.ReadToEnd().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
    }

    public void Dispose() => _file.Dispose();
}
