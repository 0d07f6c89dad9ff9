namespace Berth.Router.Hosting;

/// <summary>A file that is appended to and becomes <c>.1</c> when it is full, so that there is at most twice its size on disk. A disk that is full costs lines, never requests. Used by one thread at a time.</summary>
public sealed class BoundedFile(string path, long maxBytes) : IDisposable
{
    private FileStream? _file;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file ??= Open();
            if (_file.Position > 0 && _file.Position + bytes.Length > maxBytes)
                Turn();
            _file.Write(bytes);
        }
        catch (IOException)
        {
            // Nowhere left to say it.
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Turn()
    {
        _file!.Dispose();
        _file = null;
        File.Move(path, path + ".1", overwrite: true);
        _file = Open();
    }

    private FileStream Open() => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
