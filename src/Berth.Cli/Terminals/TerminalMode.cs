using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Berth.Cli.Terminals;

/// <summary>A terminal's settings, changed for a while and put back by disposing. Does nothing where the descriptor is no terminal.</summary>
internal sealed partial class TerminalMode : IDisposable
{
    /// <summary>Larger than any libc's <c>struct termios</c> (60 bytes in glibc).</summary>
    private const int TermiosSize = 256;

    private const int LocalFlags = 12;
    private const uint Echo = 8;
    private const int AfterOutput = 1;

    private readonly int _descriptor;
    private readonly byte[]? _before;

    private TerminalMode(int descriptor, byte[]? before)
    {
        _descriptor = descriptor;
        _before = before;
    }

    public static TerminalMode Enter(int descriptor, Action<byte[]> change)
    {
        var before = new byte[TermiosSize];
        if (GetAttributes(descriptor, ref before[0]) != 0)
            return new TerminalMode(descriptor, null);
        var changed = (byte[])before.Clone();
        change(changed);
        _ = SetAttributes(descriptor, AfterOutput, ref changed[0]);
        return new TerminalMode(descriptor, before);
    }

    /// <summary>No echo, no line editing, no signals from keys.</summary>
    public static void Raw(byte[] termios) => MakeRaw(ref termios[0]);

    public static void WithoutEcho(byte[] termios)
    {
        var flags = termios.AsSpan(LocalFlags);
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) & ~Echo);
    }

    public void Dispose()
    {
        if (_before is not null)
            _ = SetAttributes(_descriptor, AfterOutput, ref _before[0]);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, ref byte termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, ref byte termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(ref byte termios);
}
