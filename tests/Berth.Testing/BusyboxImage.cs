using System.Formats.Tar;
using Berth.Model;
using Xunit;

namespace Berth.Testing;

/// <summary>
/// A root file system of 2 MB for sandboxes on a real engine: Debian's <c>busybox-static</c> with a link for each program that tests
/// use.
/// </summary>
public static class BusyboxImage
{
    public const string Reference = "berth-test/busybox:latest";

    private const string Program = "/bin/busybox";

    private static readonly SemaphoreSlim One = new(1);

    private static readonly string[] Applets =
    [
        "cat", "chmod", "chown", "date", "dd", "echo", "env", "false", "grep", "head", "hostname", "httpd", "id", "ip", "kill", "ls", "mkdir",
        "nc", "nslookup", "ping", "printf", "ps", "rm", "sed", "seq", "setsid", "sh", "sleep", "stat", "su", "tail", "touch", "tr", "true",
        "wc", "wget", "yes",
    ];

    /// <summary>The plain image; imported where the engine does not have it yet, so that all tests see one and the same.</summary>
    public static async Task<ImageInfo> EnsureAsync(IImageStore images, CancellationToken ct)
    {
        await One.WaitAsync(ct);
        try
        {
            return await images.FindImageAsync(Reference, ct) ?? await ImportAsync(images, ct, Reference);
        }
        finally
        {
            One.Release();
        }
    }

    /// <summary>Imports it under a name of the test's own; <paramref name="changes"/> are Dockerfile instructions. Skips the test where busybox is not installed.</summary>
    public static async Task<ImageInfo> ImportAsync(IImageStore images, CancellationToken ct, string reference, params IReadOnlyList<string> changes)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is missing; install it: apt-get install busybox-static");
        using var tar = new MemoryStream();
        await WriteAsync(tar, ct);
        tar.Position = 0;
        return await images.ImportImageAsync(reference, tar, ["ENV PATH=/bin", .. changes], ct);
    }

    private static async Task WriteAsync(Stream target, CancellationToken ct)
    {
        await using var tar = new TarWriter(target, leaveOpen: true);
        foreach (var folder in (string[])["bin", "etc", "tmp", "www"])
            await AddAsync(new UstarTarEntry(TarEntryType.Directory, folder), folder == "tmp" ? (UnixFileMode)0x3FF : (UnixFileMode)0x1ED);
        await using var program = File.OpenRead(Program);
        await AddAsync(new UstarTarEntry(TarEntryType.RegularFile, "bin/busybox") { DataStream = program }, (UnixFileMode)0x1ED);
        await AddAsync(Text("etc/passwd", "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"), (UnixFileMode)0x1A4);
        await AddAsync(Text("www/index.html", "busybox\n"), (UnixFileMode)0x1A4);
        foreach (var applet in Applets)
            await AddAsync(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" }, (UnixFileMode)0x1FF);

        async Task AddAsync(UstarTarEntry entry, UnixFileMode mode)
        {
            entry.Mode = mode;
            entry.ModificationTime = DateTimeOffset.UnixEpoch;
            await tar.WriteEntryAsync(entry, ct);
        }
    }

    private static UstarTarEntry Text(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)) };
}
