namespace Berth.Router.Http1;

/// <summary>Where a body ends, while it goes by in pieces. A mutable struct: keep it in a field, never copy it.</summary>
public struct BodyFraming
{
    private readonly BodyEnd _end;
    private long _left;
    private ChunkScanner _chunks;

    private BodyFraming(BodyEnd end, long length, bool fromClient)
    {
        _end = end;
        _left = length;
        _chunks = new ChunkScanner(fromClient);
    }

    public readonly bool IsWhole => _end switch
    {
        BodyEnd.Close => false,
        BodyEnd.Chunks => _chunks.IsDone,
        _ => _left == 0,
    };

    /// <summary>A byte came that no body may have there.</summary>
    public readonly bool IsBad => _end == BodyEnd.Chunks && _chunks.IsBad;

    public readonly bool EndsByClose => _end == BodyEnd.Close;

    public static BodyFraming Of(RequestHead head) =>
        head.Chunked ? new(BodyEnd.Chunks, 0, fromClient: true) : new(BodyEnd.Length, Math.Max(head.ContentLength, 0), fromClient: true);

    public static BodyFraming Of(ResponseHead head) => new(head.BodyEnd, head.BodyEnd == BodyEnd.Length ? head.ContentLength : 0, fromClient: false);

    /// <summary>How many of the bytes belong to the body and are in order.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        switch (_end)
        {
            case BodyEnd.Chunks:
                return _chunks.Scan(bytes);
            case BodyEnd.Close:
                return bytes.Length;
            default:
                int length = (int)Math.Min(_left, bytes.Length);
                _left -= length;
                return length;
        }
    }
}
