using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>
/// Private networks by number: a /24 each out of 10.64.0.0/10, which makes 16,384. Docker's own pools end at about 30 networks.
/// </summary>
public static class Subnets
{
    public const int Count = 1 << 14;

    public static AppNetwork NetworkOf(string app, int number)
    {
        var block = number % Count;
        return new AppNetwork(app, $"10.{64 + (block >> 8)}.{block & 255}.0/24");
    }
}
