namespace Berth.Router.Routing;

/// <summary>
/// Requests in flight on one sandbox. Lives from the first snapshot that names the sandbox until the last request on it has
/// ended, however many snapshots come and go meanwhile. Thread-safe.
/// </summary>
public sealed class SandboxLoad(string id)
{
    private int _inFlight;

    public string Id { get; } = id;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A full fence: what is read afterwards is not older than the increment (see <see cref="Routes.TryClaim"/>).</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);
}
