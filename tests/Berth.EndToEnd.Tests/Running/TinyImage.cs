using Berth.Testing;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>Images of 2 MB with busybox, as somebody's registry would have them.</summary>
public sealed class TinyImage : IAsyncDisposable
{
    /// <summary>A web service that shows the variable GREETING.</summary>
    public const string Web = "echo \"$GREETING\" >/www/index.html; exec httpd -f -p $PORT -h /www";

    /// <summary>A service that does nothing, and ends when it is told to.</summary>
    public const string Worker = "trap exit TERM; echo working; while :; do sleep 1 & wait; done";

    private readonly RealEngine _engine;

    private TinyImage(RealEngine engine, string reference) => (_engine, Reference) = (engine, reference);

    public string Reference { get; }

    /// <param name="changes">Dockerfile instructions.</param>
    public static async Task<TinyImage> MakeAsync(CancellationToken ct, params string[] changes)
    {
        var engine = RealEngine.Connect();
        var reference = $"berth-e2e/{engine.Options.Owner}:latest";
        await BusyboxImage.ImportAsync(engine.Images, ct, reference, changes);
        return new TinyImage(engine, reference);
    }

    /// <summary>With <see cref="Web"/> as its CMD.</summary>
    public static Task<TinyImage> MakeWebAsync(CancellationToken ct) => MakeAsync(ct, $"CMD {Web}");

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
