using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Berth.Model;

namespace Berth.Control.Routing;

/// <summary>What became of a pushed snapshot.</summary>
/// <param name="Accepted">False: the router has a newer one, and keeps it.</param>
/// <param name="Report">The router's, with the version now in force.</param>
public sealed record PushResult(bool Accepted, RouterReport Report);

/// <summary>
/// Speaks to a running router over its control socket. A router that is away, or goes away meanwhile, is an
/// <see cref="HttpRequestException"/> or <see cref="IOException"/>. Thread-safe.
/// </summary>
public sealed class RouterClient : IDisposable
{
    private readonly HttpClient _http;

    public RouterClient(string socketPath)
    {
        SocketPath = socketPath;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        // No limit of the client's own: a stream of reports lasts for days. Callers bound single calls by their token.
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://router"), Timeout = Timeout.InfiniteTimeSpan };
    }

    public string SocketPath { get; }

    /// <summary>Returns when the table is in force and on the router's disk. A table that contradicts itself is an <see cref="ArgumentException"/>.</summary>
    public async Task<PushResult> PushAsync(RouteTable table, CancellationToken ct)
    {
        using var response = await _http.PutAsJsonAsync("/snapshot", table, RoutingJson.Default.RouteTable, ct);
        if (response.StatusCode == HttpStatusCode.BadRequest)
            throw new ArgumentException(await response.Content.ReadAsStringAsync(ct), nameof(table));
        if (response.StatusCode != HttpStatusCode.Conflict)
            response.EnsureSuccessStatusCode();
        var report = await response.Content.ReadFromJsonAsync(RoutingJson.Default.RouterReport, ct);
        return new PushResult(response.StatusCode != HttpStatusCode.Conflict, report!);
    }

    public async Task<RouterReport> ReportAsync(CancellationToken ct) =>
        (await _http.GetFromJsonAsync("/report", RoutingJson.Default.RouterReport, ct))!;

    /// <summary>What came back from an app's sandboxes that are routed to. Null: the router is of a version that does not count it.</summary>
    public async Task<IReadOnlyList<SandboxAnswers>?> AnswersAsync(string app, CancellationToken ct)
    {
        using var response = await _http.GetAsync($"/answers?app={Uri.EscapeDataString(app)}", ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync(RoutingJson.Default.IReadOnlyListSandboxAnswers, ct);
    }

    /// <summary>One at once, then one at each change (at most every 50 ms) and one a second. Ends when the router stops; throws when it is killed.</summary>
    public async IAsyncEnumerable<RouterReport> ReportsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await _http.GetAsync("/reports", HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var report in JsonSerializer.DeserializeAsyncEnumerable(body, RoutingJson.Default.RouterReport, topLevelValues: true, ct))
            yield return report!;
    }

    public async Task<RouterStatus> StatusAsync(CancellationToken ct) =>
        (await _http.GetFromJsonAsync("/status", RoutingJson.Default.RouterStatus, ct))!;

    /// <summary>How long requests waited for the app to wake; empty where none did.</summary>
    public async Task<IReadOnlyList<WakeTimes>> WakesAsync(string app, CancellationToken ct) =>
        (await _http.GetFromJsonAsync($"/wakes?app={Uri.EscapeDataString(app)}", RoutingJson.Default.IReadOnlyListWakeTimes, ct))!;

    /// <summary>In Prometheus' text form.</summary>
    public Task<string> MetricsAsync(CancellationToken ct) => _http.GetStringAsync("/metrics", ct);

    public void Dispose() => _http.Dispose();
}
