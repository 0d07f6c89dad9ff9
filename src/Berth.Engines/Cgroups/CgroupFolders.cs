namespace Berth.Engines.Cgroups;

/// <summary>Where one process's control groups are: a folder a controller (version 1), one for all (version 2), or some of each.</summary>
/// <param name="folders">By controller.</param>
/// <param name="unified">Has the controllers that have no folder of their own; null: there is none.</param>
public sealed class CgroupFolders(IReadOnlyDictionary<string, string> folders, string? unified)
{
    /// <summary>The controller's own folder, of version 1; null: it has none.</summary>
    public string? Own(string controller) => folders.GetValueOrDefault(controller);

    /// <summary>Is a container's whole number in the group's name? An engine gives each a group of its own, and names it so.</summary>
    public bool AreOf(string container) => folders.Values.Append(unified).Any(folder => folder is not null && Path.GetFileName(folder).Contains(container, StringComparison.Ordinal));

    /// <summary>A file of version 2; null: there is none.</summary>
    public string? Shared(string file) => unified is null ? null : Path.Combine(unified, file);
}
