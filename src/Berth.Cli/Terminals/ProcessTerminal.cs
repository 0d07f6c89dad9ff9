using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Cli.Terminals;

/// <summary>The terminal that the process was started on, if any.</summary>
internal sealed partial class ProcessTerminal : ITerminal
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    /// <summary>Longest line that is read; a token or an answer has far less.</summary>
    private const int MaxLineBytes = 64 * 1024;

    private const nuint GetWindowSize = 0x5413;

    public bool InputIsTerminal { get; } = IsTerminal(StandardInput) == 1;

    public bool OutputIsTerminal { get; } = IsTerminal(StandardOutput) == 1;

    public bool ErrorIsTerminal { get; } = IsTerminal(StandardError) == 1;

    public Stream Input { get; } = new StandardStream(StandardInput);

    public Stream Output { get; } = new StandardStream(StandardOutput);

    public Stream Error { get; } = new StandardStream(StandardError);

    public (int Columns, int Rows)? Size
    {
        get
        {
            var size = new WindowSize();
            foreach (var descriptor in (ReadOnlySpan<int>)[StandardOutput, StandardError, StandardInput])
            {
                if (Control(descriptor, GetWindowSize, ref size) == 0 && size.Columns > 0)
                    return (size.Columns, size.Rows);
            }
            return null;
        }
    }

    public string? ReadLine()
    {
        var line = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        // Byte by byte: what follows the line belongs to whoever reads next.
        while (line.Count < MaxLineBytes)
        {
            if (Input.Read(one) == 0)
                return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
            if (one[0] == (byte)'\n')
                break;
            line.Add(one[0]);
        }
        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }

    public string? ReadSecret()
    {
        using var _ = TerminalMode.Enter(StandardInput, TerminalMode.WithoutEcho);
        return ReadLine();
    }

    public IDisposable EnterRawMode() => TerminalMode.Enter(StandardInput, TerminalMode.Raw);

    public IDisposable OnResize(Action changed) => PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed());

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, ref WindowSize size);
}
