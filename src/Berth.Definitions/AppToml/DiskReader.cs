using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads the tables <c>[[services.NAME.disks]]</c> of one service.</summary>
internal static class DiskReader
{
    public static IReadOnlyList<DiskDefinition> Read(IReadOnlyList<TomlSection> sections)
    {
        List<DiskDefinition> disks = [];
        foreach (var section in sections)
        {
            var disk = ReadDisk(section);
            if (disks.Exists(other => other.Name == disk.Name && disk.Name.Length > 0))
                section.Error("name", DefinitionMessages.DiskTwice(section.Qualified("name"), disk.Name));
            if (disks.Exists(other => other.MountPath == disk.MountPath && disk.MountPath.Length > 0))
                section.Error("mount_path", DefinitionMessages.DiskTwice(section.Qualified("mount_path"), disk.MountPath));
            disks.Add(disk);
        }
        return disks;
    }

    private static DiskDefinition ReadDisk(TomlSection section)
    {
        if (!section.Has("name"))
            section.Error("name", DefinitionMessages.MissingKey(section.Path, "name", "name = \"data\""));
        if (!section.Has("mount_path"))
            section.Error("mount_path", DefinitionMessages.MissingKey(section.Path, "mount_path", "mount_path = \"/data\""));
        var name = section.Word("name");
        if (name is not null && !Names.IsDisk(name))
            section.Error("name", DefinitionMessages.BadDiskName(section.Qualified("name"), name, Names.MaxDiskLength));
        var mountPath = section.Word("mount_path");
        if (mountPath is not null && !IsMountPath(mountPath))
            section.Error("mount_path", DefinitionMessages.BadMountPath(section.Qualified("mount_path"), mountPath));
        return new DiskDefinition
        {
            Name = name ?? "",
            MountPath = mountPath?.TrimEnd('/') ?? "",
            SizeGb = section.Count("size_gb", 0, DiskDefinition.MaxSizeGb) ?? 0,
            ReadOnly = section.Flag("read_only") ?? false,
            FileSystem = section.Choice("filesystem", [.. DiskDefinition.FileSystems]) ?? DiskDefinition.FileSystems[0],
        };
    }

    /// <summary>Absolute, no way up, and not the root: that would hide the image.</summary>
    private static bool IsMountPath(string path) =>
        path[0] == '/' && path.Trim('/').Length > 0 && !path.Split('/').Contains("..") && !path.Any(char.IsControl);
}
