using System.CommandLine;

namespace Berth.Cli.Commands;

/// <summary><c>berth reference</c>, hidden: writes <c>docs/cli.md</c> from the commands themselves.</summary>
internal static class ReferenceCommand
{
    public static Command Build(CommandContext context)
    {
        var command = new Command("reference", "Print the reference of all commands as Markdown") { Hidden = true };
        command.SetAction(_ =>
        {
            context.Out.Write(CommandReference.Write(Catalogue.Root(context, null)));
            return ExitCodes.Done;
        });
        return command;
    }
}
