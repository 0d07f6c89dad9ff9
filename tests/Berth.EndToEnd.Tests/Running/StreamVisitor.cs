namespace Berth.EndToEnd.Tests.Running;

/// <summary>Reads a stream from its first line to its last.</summary>
internal sealed class StreamVisitor(BerthServer server, string app) : IVisitor
{
    private readonly HttpClient _client = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(60) };

    public async Task<string?> VisitAsync()
    {
        using var request = server.Request(HttpMethod.Get, app, UptimeImage.StreamPath);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
        return response.IsSuccessStatusCode && body == UptimeImage.StreamText ? null : $"{(int)response.StatusCode}, and {body.Length} of {UptimeImage.StreamText.Length} characters: {body}";
    }

    public void Dispose() => _client.Dispose();
}
