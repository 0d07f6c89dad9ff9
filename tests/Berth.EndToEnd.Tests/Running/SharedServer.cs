namespace Berth.EndToEnd.Tests.Running;

/// <summary>The one server of most tests: each uses apps of its own on it. Started by the first test that wants it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly SemaphoreSlim _one = new(1);
    private BerthServer? _server;

    /// <summary>Skips the test where programs or engine are absent.</summary>
    public async Task<BerthServer> StartedAsync()
    {
        await _one.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _server ??= await BerthServer.StartNewAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _one.Dispose();
    }
}
