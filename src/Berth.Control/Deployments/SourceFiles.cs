namespace Berth.Control.Deployments;

/// <summary>Reads definition files out of an unpacked source.</summary>
internal static class SourceFiles
{
    /// <summary>No definition file is larger; what is behind it is not read. 1 MiB.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>Null if there is no such file inside <paramref name="folder"/>, also where a link leads out of it.</summary>
    public static byte[]? Read(string folder, string path)
    {
        var file = new FileInfo(Path.Combine(folder, path));
        if (!file.Exists)
            return null;
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        if (!target.Exists || !target.FullName.StartsWith(root, StringComparison.Ordinal))
            return null;
        using var stream = target.OpenRead();
        var bytes = new byte[Math.Min(target.Length, MaxBytes)];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
