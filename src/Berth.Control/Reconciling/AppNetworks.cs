using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>Sees to it that an app's network is there, on a subnet that nothing else on the machine uses.</summary>
internal sealed class AppNetworks(IEngine engine, AppStore apps)
{
    /// <summary>Subnets that are tried before the engine's refusal is passed on.</summary>
    private const int MostTries = 64;

    public async Task<AppNetwork> EnsureAsync(AppRecord app, CancellationToken ct)
    {
        var network = Subnets.NetworkOf(app.Name, app.Subnet);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await engine.EnsureNetworkAsync(network, ct);
                return network;
            }
            catch (EngineException e) when (e.Error == EngineError.SubnetTaken && tries < MostTries)
            {
                // Something else on the machine uses these addresses: another network, a VPN, a second Berth.
                apps.MoveSubnet(app.Name);
                network = Subnets.NetworkOf(app.Name, apps.Find(app.Name)!.Subnet);
            }
        }
    }
}
