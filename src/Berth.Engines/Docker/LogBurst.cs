namespace Berth.Engines.Docker;

/// <summary>Tells when a container prints so much that the engine, which passes on each line by itself, will not keep up.</summary>
internal sealed class LogBurst(TimeProvider time)
{
    /// <summary>A tenth of what an engine passes on in that time when it has nothing else to do.</summary>
    private const int Chunks = 2000;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _began = time.GetTimestamp();
    private int _count;
    private bool _isOn;

    /// <summary>Counts a chunk; true while the last <see cref="Chunks"/> came within the window.</summary>
    public bool Count()
    {
        if (++_count < Chunks)
            return _isOn;
        _isOn = time.GetElapsedTime(_began) < Window;
        (_began, _count) = (time.GetTimestamp(), 0);
        return _isOn;
    }
}
