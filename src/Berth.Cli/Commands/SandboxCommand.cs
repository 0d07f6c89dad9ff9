using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth sandbox …</c></summary>
internal static class SandboxCommand
{
    public static Command Build(CommandContext context) => new("sandbox", "Sandboxes: the running containers")
    {
        SandboxListCommand.Build(context),
        SandboxMetricsCommand.Build(context),
        SandboxStopCommand.Build(context),
        SandboxExecCommand.Build(context),
    };
}
