using Berth.Builds.Stacks;
using Berth.Testing;

[assembly: AssemblyFixture(typeof(Berth.Builds.Tests.SharedStacks))]

namespace Berth.Builds.Tests;

/// <summary>The base images of the real engine, made once for all tests: each takes up to a minute.</summary>
public sealed class SharedStacks : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lock _lock = new();
    private RealEngine? _engine;
    private StackImages? _images;

    /// <summary>Skips the test, and says why, where there is no engine.</summary>
    internal StackImages Connect()
    {
        lock (_lock)
        {
            _engine ??= RealEngine.Connect();
            return _images ??= new StackImages(_engine.Images, new StackOptions { WorkFolder = _folder.File("stacks") }, new BuildOptions(), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        _folder.Dispose();
    }
}
