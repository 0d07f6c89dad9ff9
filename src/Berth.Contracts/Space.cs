namespace Berth.Contracts;

/// <summary>What one app takes, in bytes.</summary>
/// <param name="Images">In layers that no other image has.</param>
/// <param name="Sandboxes">What its sandboxes have written into themselves.</param>
/// <param name="Git">What was pushed by git.</param>
/// <param name="Releases">What its deployments printed.</param>
public sealed record AppSpace(string App, long Images, long Sandboxes, long Logs, long Git, long Releases);

/// <summary>What Berth takes of the disks, in bytes; each is counted once.</summary>
public sealed record SpaceInfo
{
    public required IReadOnlyList<AppSpace> Apps { get; init; }

    /// <summary>Of base images, in layers that no other image has.</summary>
    public required long Stacks { get; init; }

    /// <summary>Layers that several images have, and those of images that are not Berth's.</summary>
    public required long OtherLayers { get; init; }

    public required long BuildCache { get; init; }

    /// <summary>Sources that are being received or built.</summary>
    public required long Sources { get; init; }

    /// <summary>What Berth knows: its state file and the router's.</summary>
    public required long State { get; init; }

    /// <summary>Left on the disk of the state folder.</summary>
    public required long Free { get; init; }
}
