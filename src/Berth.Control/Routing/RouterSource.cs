using System.Net;
using Berth.Model;

namespace Berth.Control.Routing;

/// <summary>The real router: the process that runs, or a new one.</summary>
public sealed class RouterSource(RouterProcess process, TimeProvider time) : IRouterSource, IDisposable
{
    /// <summary>A connection of its own for each request, as a new visitor has.</summary>
    private readonly HttpClient _visitor = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "berthd (a new release is tried)" } },
    };

    public async Task<IRouterLink> ConnectAsync(CancellationToken ct)
    {
        var status = await process.EnsureAsync(ct);
        return new Link(process.Client, _visitor, VisitorsAddress(status), time);
    }

    public void Dispose() => _visitor.Dispose();

    /// <summary>Where this machine reaches a router that may listen on all of its addresses.</summary>
    private static IPEndPoint VisitorsAddress(RouterStatus status)
    {
        var bound = new Uri(status.Addresses[0]);
        var address = IPAddress.Parse(bound.Host.Trim('[', ']'));
        if (address.Equals(IPAddress.Any))
            address = IPAddress.Loopback;
        else if (address.Equals(IPAddress.IPv6Any))
            address = IPAddress.IPv6Loopback;
        return new(address, bound.Port);
    }

    private sealed class Link(RouterClient client, HttpClient visitor, IPEndPoint address, TimeProvider time) : IRouterLink
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

        public Task<IReadOnlyList<SandboxAnswers>?> AnswersAsync(string app, CancellationToken ct) => SoonAsync(token => client.AnswersAsync(app, token), ct);

        public async Task<int> VisitAsync(string host, string path, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{address}{path}")) { Headers = { Host = host } };
            // Only the head is waited for: the page may be a stream without end.
            using var response = await visitor.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return (int)response.StatusCode;
        }
    }
}
