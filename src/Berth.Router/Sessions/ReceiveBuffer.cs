using System.Buffers;

namespace Berth.Router.Sessions;

/// <summary>Bytes received and not yet used, in a rented array that is given back as soon as nothing is in it. Used by one task at a time.</summary>
/// <param name="ownBytes">The size of an array of its own that it uses where that is enough, and never gives back.</param>
public sealed class ReceiveBuffer(int ownBytes = 0)
{
    private byte[]? _own;
    private byte[]? _bytes;
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public bool IsEmpty => _start == _end;

    public ReadOnlyMemory<byte> Unread => _bytes.AsMemory(_start, Length);

    public Memory<byte> Free => _bytes.AsMemory(_end);

    /// <summary>Makes free space in an array of at least <paramref name="size"/> bytes, of which the first <paramref name="reserve"/> stay unused if it is empty.</summary>
    public void MakeRoom(int size, int reserve = 0)
    {
        if (IsEmpty)
            _start = _end = reserve;
        if (_bytes is null)
        {
            _bytes = size <= ownBytes ? _own ??= new byte[ownBytes] : ArrayPool<byte>.Shared.Rent(size);
            return;
        }
        if (_bytes.Length >= size)
        {
            if (_end == _bytes.Length)
                MoveTo(_bytes, reserve);
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(size);
        var smaller = _bytes;
        MoveTo(larger, reserve);
        GiveBack(smaller);
    }

    public void Received(int count) => _end += count;

    public void Use(int count) => _start += count;

    /// <summary>Puts bytes directly before the unread ones, over what was used there.</summary>
    public void Prepend(ReadOnlySpan<byte> bytes)
    {
        _start -= bytes.Length;
        bytes.CopyTo(_bytes.AsSpan(_start));
    }

    /// <summary>Gives the array back; what was unread is lost.</summary>
    public void Release()
    {
        if (_bytes is null)
            return;
        GiveBack(_bytes);
        _bytes = null;
        _start = _end = 0;
    }

    /// <summary>The same, and lets its own array go until it is needed again.</summary>
    public void ReleaseAll()
    {
        Release();
        _own = null;
    }

    private void GiveBack(byte[] bytes)
    {
        if (bytes != _own)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void MoveTo(byte[] target, int start)
    {
        int length = Length;
        Buffer.BlockCopy(_bytes!, _start, target, start, length);
        _bytes = target;
        _start = start;
        _end = start + length;
    }
}
