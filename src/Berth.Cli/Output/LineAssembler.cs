using System.Text;

namespace Berth.Cli.Output;

/// <summary>Makes lines of output that comes in pieces. Of a line that rewrites itself (carriage returns) the last state counts.</summary>
internal sealed class LineAssembler(Action<string> emit)
{
    /// <summary>Longer lines are cut into several.</summary>
    private const int MaxLine = 16 * 1024;

    /// <summary>Keeps the bytes of a character that is not whole yet; what is no UTF-8 becomes U+FFFD.</summary>
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private bool _returned;
    private long _taken;

    /// <summary>Bytes so far; may be read by another thread than the one that adds.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Decode(bytes, flush: false);
        Interlocked.Add(ref _taken, bytes.Length);
    }

    public void Add(ReadOnlySpan<char> piece)
    {
        foreach (var c in piece)
        {
            if (c == '\n')
            {
                Flush();
                continue;
            }
            if (_returned)
                _line.Clear();
            _returned = c == '\r';
            if (_returned)
                continue;
            _line.Append(c);
            if (_line.Length >= MaxLine && !char.IsHighSurrogate(c))
                Flush();
        }
    }

    /// <summary>Ends the line that is under way, at the end of all output.</summary>
    public void End()
    {
        Decode([], flush: true);
        if (_line.Length > 0)
            Flush();
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush)];
        Add(characters.AsSpan(0, _decoder.GetChars(bytes, characters, flush)));
    }

    private void Flush()
    {
        emit(_line.ToString());
        _line.Clear();
        _returned = false;
    }
}
