namespace Berth.Router.Listening;

/// <summary>Reads some bytes that are there already, then a stream.</summary>
public sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadingStream
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_prefix.IsEmpty)
            return rest.ReadAsync(buffer, cancellationToken);
        int length = Math.Min(_prefix.Length, buffer.Length);
        _prefix[..length].CopyTo(buffer);
        _prefix = _prefix[length..];
        return new ValueTask<int>(length);
    }
}
