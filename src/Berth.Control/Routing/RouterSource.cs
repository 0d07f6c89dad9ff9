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
        private static readonly TimeSpan PushTimeout = TimeSpan.FromSeconds(10);

        public async Task<PushResult> PushAsync(RouteTable table, CancellationToken ct)
        {
            using var limit = new CancellationTokenSource(PushTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
            try
            {
                return await client.PushAsync(table, either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new IOException($"the router did not take the routes within {PushTimeout.TotalSeconds:0} s");
            }
        }

        public IAsyncEnumerable<RouterReport> ReportsAsync(CancellationToken ct) => client.ReportsAsync(ct);
    }
}
