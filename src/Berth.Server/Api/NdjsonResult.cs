using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Server.Api;

/// <summary>Answers with one JSON object a line, each sent as it comes. The stream ends with the sequence, or when the client goes.</summary>
internal sealed class NdjsonResult<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/x-ndjson";
        var body = httpContext.Response.BodyWriter;
        // A stream may last for days: a berthd that ends does not wait for it.
        var lifetime = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, lifetime.ApplicationStopping);
        var gone = over.Token;
        // The head at once: the first line may be hours away.
        await httpContext.Response.StartAsync(gone);
        await body.FlushAsync(gone);
        try
        {
            await foreach (var item in items.WithCancellation(gone))
            {
                using (var writer = new Utf8JsonWriter(body))
                    JsonSerializer.Serialize(writer, item, type);
                body.Write("\n"u8);
                await body.FlushAsync(gone);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
    }
}
