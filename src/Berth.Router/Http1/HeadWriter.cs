using System.Globalization;
using System.Text;

namespace Berth.Router.Http1;

/// <summary>Puts a head together in a given space, which must be large enough.</summary>
public ref struct HeadWriter(Span<byte> space)
{
    private readonly Span<byte> _space = space;

    public int Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_space[Length..]);
        Length += bytes.Length;
    }

    public void Write(string latin1) => Length += Encoding.Latin1.GetBytes(latin1, _space[Length..]);

    public void WriteHex(ulong number)
    {
        number.TryFormat(_space[Length..], out int written, "x16", CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Copies the lines that are not dropped, neighbours together.</summary>
    public void WriteKept(ReadOnlySpan<byte> head, ReadOnlySpan<HeaderLine> lines)
    {
        int from = 0, to = 0;
        foreach (ref readonly var line in lines)
        {
            if (line.Dropped)
                continue;
            if (line.Start != to)
            {
                Write(head[from..to]);
                from = line.Start;
            }
            to = line.End;
        }
        Write(head[from..to]);
    }
}
