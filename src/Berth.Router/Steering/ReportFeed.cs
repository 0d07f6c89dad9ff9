using System.Runtime.CompilerServices;
using Berth.Model;
using Berth.Router.Routing;

namespace Berth.Router.Steering;

/// <summary>Reports as they are due: one at once, then at each change but not more often than the interval, and one with each heartbeat.</summary>
public sealed class ReportFeed(Routes routes, ChangeSignal changed, RouterOptions options, TimeProvider time)
{
    public async IAsyncEnumerable<RouterReport> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var listener = changed.Listen();
        while (true)
        {
            listener.Reset();
            yield return routes.Report();
            await Task.Delay(options.ReportInterval, time, ct);
            await ChangeOrHeartbeatAsync(listener, ct);
        }
    }

    private async Task ChangeOrHeartbeatAsync(ChangeSignal.Listener listener, CancellationToken ct)
    {
        if (listener.Changed.IsCompleted)
            return;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(listener.Changed, Task.Delay(options.ReportHeartbeat - options.ReportInterval, time, woken.Token));
        await woken.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
