namespace Berth.Router.Rules;

/// <summary>Where passwords wait to be checked: one at a time, so that guessing takes no more than one core from those who are in. Thread-safe.</summary>
public sealed class LoginQueue(int limit) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private int _pending;

    /// <summary>Null: as many as may wait were waiting already.</summary>
    public async ValueTask<bool?> RunAsync(Func<bool> check)
    {
        try
        {
            if (Interlocked.Increment(ref _pending) > limit)
                return null;
            await _one.WaitAsync();
            try
            {
                // Not on the thread that asks: it waits for sockets.
                return await Task.Run(check);
            }
            finally
            {
                _one.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    public void Dispose() => _one.Dispose();
}
