namespace Berth.Server.Dashboard;

/// <summary>Server-sent events: pieces of HTML that htmx puts into the page as they come.</summary>
internal sealed class EventStream(HttpResponse response)
{
    /// <summary>At once, so that the browser knows the stream stands before anything happens.</summary>
    public Task OpenAsync(CancellationToken ct)
    {
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        return response.Body.FlushAsync(ct);
    }

    /// <param name="id">Comes back in <c>Last-Event-ID</c> when the browser connects again.</param>
    public async Task SendAsync(string id, string html, CancellationToken ct)
    {
        // A line of the data field ends at any of these; HTML knows one line end only.
        var data = html.ReplaceLineEndings("\n").Replace("\n", "\ndata: ", StringComparison.Ordinal);
        await response.WriteAsync($"id: {id}\ndata: {data}\n\n", ct);
        await response.Body.FlushAsync(ct);
    }

    /// <summary>Tells the browser not to connect again.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await response.WriteAsync("event: end\ndata: end\n\n", ct);
        await response.Body.FlushAsync(ct);
    }
}
