using Berth.Model;

namespace Berth.Control.Routing;

/// <summary>The real router: the process that runs, or a new one.</summary>
public sealed class RouterSource(RouterProcess process, TimeProvider time) : IRouterSource
{
    public async Task<IRouterLink> ConnectAsync(CancellationToken ct)
    {
        await process.EnsureAsync(ct);
        return new Link(process.Client, time);
    }

    private sealed class Link(RouterClient client, TimeProvider time) : IRouterLink
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        public Task<PushResult> PushAsync(RouteTable table, CancellationToken ct) => SoonAsync(token => client.PushAsync(table, token), ct);

        public Task<IReadOnlyList<WakeTimes>> WakesAsync(string app, CancellationToken ct) => SoonAsync(token => client.WakesAsync(app, token), ct);

        public Task<string> MetricsAsync(CancellationToken ct) => SoonAsync(client.MetricsAsync, ct);

        public IAsyncEnumerable<RouterReport> ReportsAsync(CancellationToken ct) => client.ReportsAsync(ct);

        private async Task<T> SoonAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken ct)
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            try
            {
                return await ask(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new IOException($"the router did not answer within {Patience.TotalSeconds:0} s");
            }
        }
    }
}
