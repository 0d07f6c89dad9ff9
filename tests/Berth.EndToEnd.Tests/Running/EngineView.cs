using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>The engine as it is, asked directly: what Berth says of it can be held against this.</summary>
public sealed class EngineView : IDisposable
{
    private readonly HttpClient _http;

    public EngineView(string socket) => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct);
            return new NetworkStream(connection, ownsSocket: true);
        },
    }) { BaseAddress = new Uri("http://engine/") };

    /// <summary>Containers, also ended ones, with a label: <c>berth.app=demo</c>.</summary>
    public async Task<IReadOnlyList<EngineContainer>> ContainersAsync(string label, CancellationToken ct)
    {
        var answer = (await GetAsync($"containers/json?all=true&filters={Filter(label)}", ct)).AsArray();
        return [.. answer.Select(c => new EngineContainer((string)c!["Id"]!, (string)c["State"]!, c["Labels"]!.AsObject().ToDictionary(l => l.Key, l => (string)l.Value!)))];
    }

    /// <summary>Names of networks with a label.</summary>
    public async Task<IReadOnlyList<string>> NetworksAsync(string label, CancellationToken ct) =>
        [.. (await GetAsync($"networks?filters={Filter(label)}", ct)).AsArray().Select(n => (string)n!["Name"]!)];

    /// <summary>Tags of images with a label.</summary>
    public async Task<IReadOnlyList<string>> ImagesAsync(string label, CancellationToken ct) =>
        [.. (await GetAsync($"images/json?filters={Filter(label)}", ct)).AsArray().SelectMany(i => i!["RepoTags"]?.AsArray() ?? []).Select(t => (string)t!)];

    /// <summary>Everything that the engine knows of one sandbox's container.</summary>
    public Task<JsonNode> InspectAsync(string sandbox, CancellationToken ct) => InspectOneAsync($"berth.sandbox={sandbox}", ct);

    /// <summary>The same of a sidecar whose name no other sandbox has.</summary>
    public Task<JsonNode> InspectSidecarAsync(string name, CancellationToken ct) => InspectOneAsync($"berth.sidecar={name}", ct);

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> InspectOneAsync(string label, CancellationToken ct) =>
        await GetAsync($"containers/{Assert.Single(await ContainersAsync(label, ct)).Id}/json", ct);

    private async Task<JsonNode> GetAsync(string path, CancellationToken ct) => JsonNode.Parse(await _http.GetStringAsync(path, ct))!;

    private static string Filter(string label) => Uri.EscapeDataString($$"""{"label":["{{label}}"]}""");
}

/// <param name="State"><c>running</c>, <c>exited</c> …</param>
public sealed record EngineContainer(string Id, string State, IReadOnlyDictionary<string, string> Labels);
