using System.Net;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

internal sealed class FakeNetworks(FakeDocker engine)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FakeNetwork> _byName = [];
    /// <summary>From 127.64.0.1 on. Shared by all fakes of a process, and apart from those of others: their containers listen on the same ports.</summary>
    private static uint _loopback = 0x7F400000 + ((uint)Environment.ProcessId % 64 << 16);

    private int _ids;

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
                return [.. _byName.Keys];
        }
    }

    public async Task AnswerAsync(FakeCall call)
    {
        switch (call.Method, call.Parts)
        {
            case ("POST", [_, "create"]):
                var body = await call.BodyAsync();
                await call.JsonAsync(new JsonObject { ["Id"] = Create(body), ["Warning"] = "" }, 201);
                break;
            case ("GET", [_]):
                await call.JsonAsync(List(call.Query("filters")));
                break;
            case ("GET", [_, var name]):
                await call.JsonAsync(Get(name).Describe());
                break;
            case ("DELETE", [_, var name]):
                Remove(name);
                await call.StatusAsync(204);
                break;
            default:
                throw new FakeRefusal(404, "page not found");
        }
    }

    /// <summary>The next address for a container that starts in the network.</summary>
    public IPAddress NextAddress(string network)
    {
        lock (_lock)
        {
            if (!_byName.TryGetValue(network, out var found))
                throw new FakeRefusal(404, $"network {network} not found");
            var address = engine.ServePorts ? Interlocked.Increment(ref _loopback) : found.NextAddress++;
            return new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);
        }
    }

    public int PrefixLength(string network)
    {
        lock (_lock)
            return _byName.TryGetValue(network, out var found) ? found.Subnet.PrefixLength : 0;
    }

    private string Create(JsonObject body)
    {
        var name = (string)body["Name"]!;
        var subnet = IPNetwork.Parse((string)body["IPAM"]!["Config"]![0]!["Subnet"]!);
        lock (_lock)
        {
            if (_byName.ContainsKey(name))
                throw new FakeRefusal(409, $"network with name {name} already exists");
            if (_byName.Values.Any(n => n.Subnet.Contains(subnet.BaseAddress) || subnet.Contains(n.Subnet.BaseAddress)))
                throw new FakeRefusal(403, "Pool overlaps with other one on this address space");
            var network = new FakeNetwork((++_ids).ToString("x64"), name, subnet, body["Labels"]?.AsObject().ToDictionary(l => l.Key, l => (string)l.Value!) ?? []);
            _byName.Add(name, network);
            return network.Id;
        }
    }

    private JsonArray List(string? filters)
    {
        lock (_lock)
            return new JsonArray([.. _byName.Values.Where(n => Wire.Passes(filters, n.Labels)).Select(n => (JsonNode?)n.Describe())]);
    }

    private FakeNetwork Get(string nameOrId)
    {
        lock (_lock)
            return _byName.Values.FirstOrDefault(n => n.Name == nameOrId || n.Id == nameOrId) ?? throw new FakeRefusal(404, $"network {nameOrId} not found");
    }

    private void Remove(string nameOrId)
    {
        var network = Get(nameOrId);
        if (engine.Containers.Any(c => c.IsAlive && c.Network == network.Name))
            throw new FakeRefusal(403, $"error while removing network: network {network.Name} id {network.Id} has active endpoints");
        lock (_lock)
            _byName.Remove(network.Name);
    }

    private sealed class FakeNetwork(string id, string name, IPNetwork subnet, IReadOnlyDictionary<string, string> labels)
    {
        public string Id => id;

        public string Name => name;

        public IPNetwork Subnet => subnet;

        public IReadOnlyDictionary<string, string> Labels => labels;

        /// <summary>The first is the gateway's.</summary>
        public uint NextAddress { get; set; } = (uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(subnet.BaseAddress.GetAddressBytes())) + 2;

        public JsonObject Describe() => new() { ["Id"] = id, ["Name"] = name, ["Driver"] = "bridge", ["Labels"] = Wire.Map(labels) };
    }
}
