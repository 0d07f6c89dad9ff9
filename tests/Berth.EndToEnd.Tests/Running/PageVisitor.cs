namespace Berth.EndToEnd.Tests.Running;

/// <summary>Gets a page over a keep-alive connection.</summary>
internal sealed class PageVisitor(BerthServer server, string app, string path) : IVisitor
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { Timeout = TimeSpan.FromSeconds(60) };

    public async Task<string?> VisitAsync()
    {
        using var request = server.Request(HttpMethod.Get, app, path);
        using var response = await _client.SendAsync(request, CancellationToken.None);
        var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
        return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {body}";
    }

    public void Dispose() => _client.Dispose();
}
