using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Berth.Testing.Docker;

internal sealed class FakeEvents(TimeProvider time)
{
    /// <summary>The real engine remembers as many.</summary>
    private const int Remembered = 256;

    private readonly Lock _lock = new();
    private readonly Queue<FakeEvent> _past = [];
    private readonly List<Channel<FakeEvent>> _readers = [];

    public void Announce(string action, FakeContainer container)
    {
        var happened = new FakeEvent(time.GetUtcNow(), action, container.Id, container.Name, container.Labels);
        lock (_lock)
        {
            _past.Enqueue(happened);
            if (_past.Count > Remembered)
                _past.Dequeue();
            foreach (var reader in _readers)
                reader.Writer.TryWrite(happened);
        }
    }

    public async Task StreamAsync(FakeCall call)
    {
        var filters = call.Query("filters");
        var actions = Wire.Filter(filters, "event");
        var channel = Channel.CreateUnbounded<FakeEvent>();
        lock (_lock)
        {
            if (call.Query("since") is { } since)
                foreach (var past in _past.Where(e => e.Time >= Wire.ParseUnix(since)))
                    channel.Writer.TryWrite(past);
            _readers.Add(channel);
        }
        try
        {
            await call.Http.Response.StartAsync(call.Ended);
            await call.Http.Response.Body.FlushAsync(call.Ended);
            await foreach (var happened in channel.Reader.ReadAllAsync(call.Ended))
                if (Wire.Passes(filters, happened.Labels) && (actions.Count == 0 || actions.Contains(happened.Action)))
                    await call.LineAsync(happened.Describe());
        }
        finally
        {
            lock (_lock)
                _readers.Remove(channel);
        }
    }

    private sealed record FakeEvent(DateTimeOffset Time, string Action, string Id, string Name, IReadOnlyDictionary<string, string> Labels)
    {
        public JsonObject Describe() => new()
        {
            ["status"] = Action,
            ["id"] = Id,
            ["Type"] = "container",
            ["Action"] = Action,
            ["Actor"] = new JsonObject { ["ID"] = Id, ["Attributes"] = Wire.Map(Labels.Append(KeyValuePair.Create("name", Name))) },
            ["time"] = Time.ToUnixTimeSeconds(),
        };
    }
}
