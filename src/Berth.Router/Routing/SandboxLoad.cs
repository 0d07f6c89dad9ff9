using Berth.Model;

namespace Berth.Router.Routing;

/// <summary>
/// Requests in flight on one sandbox, and what became of those before. Lives from the first snapshot that names the sandbox until the last
/// request on it has ended, however many snapshots come and go meanwhile. Thread-safe.
/// </summary>
public sealed class SandboxLoad(string id)
{
    private int _inFlight;
    private long _answered;
    private long _serverErrors;
    private long _failed;

    public string Id { get; } = id;

    public int InFlight => Volatile.Read(ref _inFlight);

    public SandboxAnswers Answers => new(Id, Interlocked.Read(ref _answered), Interlocked.Read(ref _serverErrors), Interlocked.Read(ref _failed));

    /// <summary>A full fence: what is read afterwards is not older than the increment (see <see cref="Routes.TryClaim"/>).</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>The head of its response is there, and the client has nothing of it yet.</summary>
    public void CountAnswer(int status)
    {
        Interlocked.Increment(ref _answered);
        if (status >= 500)
            Interlocked.Increment(ref _serverErrors);
    }

    /// <summary>It gave no answer.</summary>
    public void CountFailure() => Interlocked.Increment(ref _failed);
}
