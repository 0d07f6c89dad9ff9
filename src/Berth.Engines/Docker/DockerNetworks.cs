using System.Net;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>The apps' networks: one bridge each, on the subnet that control gave out.</summary>
internal sealed class DockerNetworks(DockerClient client, DockerEngineOptions options)
{
    public async Task EnsureAsync(AppNetwork network, CancellationToken ct)
    {
        var name = options.NetworkName(network.App);
        if (await IsThereAsync(name, ct))
            return;
        if (IPNetwork.TryParse(network.Subnet, out var wanted) && options.TakenNetworks().FirstOrDefault(taken => HostNetworks.Overlap(taken, wanted)) is { PrefixLength: > 0 } other)
            throw new EngineException(EngineError.SubnetTaken, EngineMessages.SubnetTaken(network, $"this machine is in {other} already"));
        var body = DockerClient.Json(new NetworkCreate
        {
            Name = name,
            Ipam = new Ipam([new IpamPool(network.Subnet)]),
            Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = BridgeNames.Of(options.Owner, network.Subnet) },
            Labels = new Dictionary<string, string> { [Labels.Owner] = options.Owner, [Labels.App] = network.App },
        }, DockerJson.Default.NetworkCreate);
        var reply = await client.SendAsync(HttpMethod.Post, "/networks/create", body, options.WorkTimeout, ct);
        if (reply.Ok || (reply.Status == HttpStatusCode.Conflict && await IsThereAsync(name, ct)))
            return;
        throw DockerTexts.IsSubnetTaken(reply.Reason)
            ? new EngineException(EngineError.SubnetTaken, EngineMessages.SubnetTaken(network, reply.Reason))
            : reply.Failure($"make network \"{name}\"");
    }

    public async Task RemoveAsync(string app, CancellationToken ct)
    {
        foreach (var network in await ListAsync(app, ct))
        {
            var reply = await client.SendAsync(HttpMethod.Delete, $"/networks/{network.Id}", null, options.WorkTimeout, ct);
            if (!reply.Ok && reply.Status != HttpStatusCode.NotFound)
                throw reply.Failure($"remove network \"{network.Name}\"");
        }
    }

    public async Task<IReadOnlyList<string>> ListAppsAsync(CancellationToken ct) =>
        [.. (await ListAsync(null, ct)).Select(n => n.Labels?.GetValueOrDefault(Labels.App)).OfType<string>().Distinct()];

    private async Task<IReadOnlyList<NetworkDetails>> ListAsync(string? app, CancellationToken ct)
    {
        var reply = await client.GetAsync($"/networks?filters={DockerFilter.Owned(options.Owner, app)}", ct);
        return reply.Ok ? reply.Read(DockerJson.Default.IReadOnlyListNetworkDetails) : throw reply.Failure("list the networks");
    }

    private async Task<bool> IsThereAsync(string name, CancellationToken ct)
    {
        var reply = await client.GetAsync($"/networks/{Uri.EscapeDataString(name)}", ct);
        if (reply.Status == HttpStatusCode.NotFound)
            return false;
        if (!reply.Ok)
            throw reply.Failure($"look at network \"{name}\"");
        var labels = reply.Read(DockerJson.Default.NetworkDetails).Labels;
        return labels?.GetValueOrDefault(Labels.Owner) == options.Owner
            ? true
            : throw new EngineException(EngineError.Conflict, EngineMessages.NotOurs("network", name));
    }
}
