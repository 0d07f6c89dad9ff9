using Berth.Builds.Stacks;
using Berth.Testing;

namespace Berth.Builds.Tests;

/// <summary>A program in mmdebstrap's place: notes its arguments, says a line and writes a small root file system.</summary>
internal sealed class FakeBootstrap : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="then">Shell commands run before the root file system is written.</param>
    public FakeBootstrap(string then = "")
    {
        Directory.CreateDirectory(_folder.File("root/etc"));
        File.WriteAllText(_folder.File("root/etc/os-release"), "Debian");
        var script = $"""
            #!/bin/sh
            echo "$@" >> {_folder.File("calls")}
            echo "I: extracting archives..." >&2
            {then}
            exec tar -C {_folder.File("root")} -cf - .
            """;
        File.WriteAllText(Program, script);
        File.SetUnixFileMode(Program, (UnixFileMode)0b111_101_101);
    }

    public string Program => _folder.File("mmdebstrap");

    public StackOptions Options => new() { Mmdebstrap = Program, CertificateFolder = null, WorkFolder = _folder.File("work") };

    /// <summary>The arguments of each run.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_folder.File("calls")) ? File.ReadAllLines(_folder.File("calls")) : [];

    public void Dispose() => _folder.Dispose();
}
