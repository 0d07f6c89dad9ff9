using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk …</c></summary>
internal static class DiskCommand
{
    public static Command Build(CommandContext context) => new("disk", "Disks: storage that outlives sandboxes, releases and apps")
    {
        DiskListCommand.Build(context),
        DiskCreateCommand.Build(context),
        DiskDeleteCommand.Build(context),
        DiskBackupCommand.Build(context),
        DiskScheduleCommand.Build(context),
        DiskBackupsCommand.Build(context),
        DiskProveCommand.Build(context),
        DiskRestoreCommand.Build(context),
    };

    public static Argument<string> Name() => new("name") { Description = "The disk's name", HelpName = "NAME" };
}
