using System.Runtime.CompilerServices;

namespace Berth.Router.Http1;

/// <summary>
/// Finds the end of a chunked body that goes through unchanged, and stops at the first byte that is not as RFC 9112, 7.1 says. Takes the body in
/// pieces of any size. A mutable struct: keep it in a field, never copy it.
/// </summary>
/// <param name="fromClient">Trailers that speak of the client are refused too: some servers put them among the headers.</param>
public struct ChunkScanner(bool fromClient)
{
    /// <summary>Longest extension of one chunk, bytes. Nobody uses them but attackers.</summary>
    public const int MaxExtensionBytes = 256;

    /// <summary>All trailers together, bytes.</summary>
    public const int MaxTrailerBytes = 8 * 1024;

    private const int MaxSizeDigits = 15;

    private State _state;
    private int _digits;
    private long _left;
    private int _budget;
    private int _nameLength;
    private NameBuffer _name;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLf,
        EndLf,
        Done,
        Bad,
    }

    public readonly bool IsDone => _state == State.Done;

    public readonly bool IsBad => _state == State.Bad;

    /// <summary>How many of the bytes belong to the body and are in order. Fewer than were given: it is done, or bad.</summary>
    public int Scan(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            if (_state == State.Data)
            {
                int length = (int)Math.Min(_left, bytes.Length - at);
                at += length;
                _left -= length;
                if (_left == 0)
                    _state = State.DataCr;
                continue;
            }
            if (_state is State.Done or State.Bad)
                return at;
            _state = Next(bytes[at]);
            if (_state == State.Bad)
                return at;
            at++;
        }
        return at;
    }

    private State Next(byte next) => _state switch
    {
        State.Size => Size(next),
        State.Extension => next == '\r' ? State.SizeLf : IsText(next) && ++_budget <= MaxExtensionBytes ? State.Extension : State.Bad,
        State.SizeLf => next != '\n' ? State.Bad : BeginChunk(),
        State.DataCr => next == '\r' ? State.DataLf : State.Bad,
        State.DataLf => next == '\n' ? BeginSize() : State.Bad,
        State.TrailerStart => next == '\r' ? State.EndLf : TrailerName(next),
        State.TrailerName => TrailerName(next),
        State.TrailerValue => next == '\r' ? State.TrailerLf : IsText(next) && ++_budget <= MaxTrailerBytes ? State.TrailerValue : State.Bad,
        State.TrailerLf => next == '\n' ? BeginTrailer() : State.Bad,
        State.EndLf => next == '\n' ? State.Done : State.Bad,
        _ => State.Bad,
    };

    private State Size(byte next)
    {
        if (char.IsAsciiHexDigit((char)next))
        {
            _left = _left * 16 + (next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
            return ++_digits <= MaxSizeDigits ? State.Size : State.Bad;
        }
        if (_digits == 0)
            return State.Bad;
        return next switch
        {
            (byte)'\r' => State.SizeLf,
            (byte)';' => State.Extension,
            _ => State.Bad,
        };
    }

    private State BeginSize()
    {
        _digits = 0;
        _left = 0;
        _budget = 0;
        return State.Size;
    }

    private State BeginChunk()
    {
        _budget = 0;
        return _left == 0 ? State.TrailerStart : State.Data;
    }

    private State BeginTrailer()
    {
        _nameLength = 0;
        return State.TrailerStart;
    }

    private State TrailerName(byte next)
    {
        if (++_budget > MaxTrailerBytes)
            return State.Bad;
        Span<byte> name = _name;
        if (next == ':')
        {
            var field = FieldNames.Classify(name[..Math.Min(_nameLength, name.Length)]);
            var refused = _nameLength == 0 || field is Field.Host or Field.ContentLength or Field.TransferEncoding or Field.Disguised
                || (fromClient && FieldNames.SpeaksOfClient(field));
            return refused ? State.Bad : State.TrailerValue;
        }
        if (!FieldNames.IsToken([next]))
            return State.Bad;
        if (_nameLength < name.Length)
            name[_nameLength] = next;
        _nameLength++;
        return State.TrailerName;
    }

    private static bool IsText(byte next) => next is >= 0x20 and not 0x7f or (byte)'\t';

    /// <summary>The beginning of a trailer's name: more than any name that matters has.</summary>
    [InlineArray(33)]
    private struct NameBuffer
    {
        private byte _first;
    }
}
