using System.Buffers;
using Berth.Router.Hosting;

namespace Berth.Router.Traffic;

/// <summary>
/// <c>access.log</c>: a line a request, bounded in size by one older file. Lines are put together in memory and written a second after the first of them by a task of its own, so that
/// no request waits for a disk; what comes faster than the disk takes it is dropped and counted. Thread-safe.
/// </summary>
public sealed class AccessLog : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<IBufferWriter<byte>, AccessEntry, DateTimeOffset> _write;
    private readonly int _maxPending;
    private readonly BoundedFile _file;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly Task _writing;

    // Guarded by the lock.
    private ArrayBufferWriter<byte> _pending = new();
    private long _dropped;

    private AccessLog(RouterOptions options, TimeProvider time)
    {
        _time = time;
        _write = options.AccessLog == AccessLogFormat.Json ? AccessLine.WriteJson : AccessLine.WriteCombined;
        _maxPending = options.AccessLogPendingBytes;
        _file = new BoundedFile(Path.Combine(options.StateFolder, "access.log"), options.AccessLogBytes);
        _writing = WriteLoopAsync();
    }

    /// <summary>Lines that were lost because the disk was too slow.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock)
                return _dropped;
        }
    }

    /// <summary>Null if it is switched off.</summary>
    public static AccessLog? Open(RouterOptions options, TimeProvider time) => options.AccessLog == AccessLogFormat.Off ? null : new AccessLog(options, time);

    public void Write(AccessEntry entry)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            if (_pending.WrittenCount >= _maxPending)
            {
                _dropped++;
                return;
            }
            if (_pending.WrittenCount == 0)
                _begun.Release();
            _write(_pending, entry, now);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        _file.Dispose();
        _stopping.Dispose();
        _begun.Dispose();
    }

    private async Task WriteLoopAsync()
    {
        var spare = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                await _begun.WaitAsync(_stopping.Token);
                await Task.Delay(Period, _time, _stopping.Token);
                spare = WritePending(spare);
            }
        }
        catch (OperationCanceledException)
        {
            WritePending(spare);
        }
    }

    /// <summary>Returns the buffer that was written, empty.</summary>
    private ArrayBufferWriter<byte> WritePending(ArrayBufferWriter<byte> spare)
    {
        ArrayBufferWriter<byte> full;
        lock (_lock)
            (full, _pending) = (_pending, spare);
        if (full.WrittenCount > 0)
            _file.Write(full.WrittenSpan);
        full.ResetWrittenCount();
        return full;
    }
}
