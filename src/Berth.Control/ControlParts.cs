using Berth.Builds;
using Berth.Builds.Sources;
using Berth.Control.Host;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning;
using Microsoft.Extensions.Logging;

namespace Berth.Control;

/// <summary>What the control plane is given from outside.</summary>
public sealed record ControlParts
{
    public required Stores Stores { get; init; }

    public required IEngine Engine { get; init; }

    public required IImageStore Images { get; init; }

    public required ImageBuilder Builder { get; init; }

    public required IRouterSource Router { get; init; }

    /// <summary>Null: sandboxes are not kept from this machine.</summary>
    public NetworkIsolation? Isolation { get; init; }

    public required ILoggerFactory Logging { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    public SourceLimits SourceLimits { get; init; } = new();

    public PlanningOptions Planning { get; init; } = new();
}
