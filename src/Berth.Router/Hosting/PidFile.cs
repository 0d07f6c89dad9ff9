using System.Globalization;

namespace Berth.Router.Hosting;

/// <summary><c>router.pid</c>: which process to send SIGTERM to.</summary>
public sealed class PidFile(string path) : IDisposable
{
    private static readonly string Own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    public void Write()
    {
        var temporary = path + "." + Own;
        File.WriteAllText(temporary, Own + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Removes the file, unless a newer router has put its own id there meanwhile.</summary>
    public void Dispose()
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() == Own)
            File.Delete(path);
    }
}
