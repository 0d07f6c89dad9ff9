using System.CommandLine;
using System.CommandLine.Parsing;
using Berth.Cli.Commands;

namespace Berth.Cli;

/// <summary>All commands. One is built when it is called for, all of them only for help and documentation: building is most of what a parser costs.</summary>
internal static class Catalogue
{
    private const string Summary = "Deploy and run apps of several services.";

    /// <summary>In the order of help and documentation. The first name is the command's own, the others are aliases.</summary>
    private static readonly Entry[] Entries =
    [
        new(["create"], CreateCommand.Build),
        new(["init"], InitCommand.Build),
        new(["deploy", "push"], DeployCommand.Build),
        new(["git"], GitCommand.Build),
        new(["dev"], DevCommand.Build),
        new(["app"], AppCommand.Build),
        new(["apps"], AppListCommand.BuildShort),
        new(["ps", "services"], PsCommand.Build),
        new(["scale"], ScaleCommand.Build),
        new(["restart"], RestartCommand.Build),
        new(["rollback"], RollbackCommand.Build),
        new(["releases"], ReleasesCommand.Build),
        new(["sandbox-pool", "pool"], PoolCommand.Build),
        new(["sandbox"], SandboxCommand.Build),
        new(["exec", "ssh"], ExecCommand.Build),
        new(["run"], RunCommand.Build),
        new(["forward"], ForwardCommand.Build),
        new(["cron"], CronCommand.Build),
        new(["logs"], LogsCommand.Build),
        new(["drain"], DrainCommand.Build),
        new(["crashes"], CrashesCommand.Build),
        new(["env", "config"], EnvCommand.Build),
        new(["route"], RouteCommand.Build),
        new(["cert"], CertCommand.Build),
        new(["maintenance"], MaintenanceCommand.Build),
        new(["disk"], DiskCommand.Build),
        new(["open"], OpenCommand.Build),
        new(["login"], LoginCommand.Build),
        new(["token"], TokenCommand.Build),
        new(["audit"], AuditCommand.Build),
        new(["system"], SystemCommand.Build),
        new(["doctor"], DoctorCommand.Build),
        new(["version"], VersionCommand.Build),
        new(["completion"], CompletionCommand.Build),
        new(["server"], ServerCommand.Build),
        new(["complete"], CompletionCommand.BuildComplete),
        new(["reference"], ReferenceCommand.Build),
    ];

    public static IEnumerable<string> Names => Entries.Where(e => e.Names[0] is not ("complete" or "reference")).SelectMany(e => e.Names);

    public static object? Find(string name) => Array.Find(Entries, e => e.Names.Contains(name));

    /// <param name="name">The only command to build; null or an option: all.</param>
    public static RootCommand Root(CommandContext context, string? name)
    {
        var root = new RootCommand(Summary);
        root.Directives.Clear();
        // "--version" alone is answered before the parser; the parser's own option would look it up by reflection.
        for (int i = root.Options.Count - 1; i >= 0; i--)
        {
            if (root.Options[i] is VersionOption)
                root.Options.RemoveAt(i);
        }
        foreach (var entry in Entries)
        {
            if (name is not null && !name.StartsWith('-') && !entry.Names.Contains(name))
                continue;
            var command = entry.Build(context);
            foreach (var alias in entry.Names.AsSpan(1))
                command.Aliases.Add(alias);
            root.Add(command);
        }
        return root;
    }

    /// <summary>Whether words after <c>--</c> mean something to the command.</summary>
    public static bool TakesTrailing(Command command) => command.Name is "exec" or "run" or "complete";

    /// <summary><c>berth env set</c>.</summary>
    public static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "berth";

    private sealed record Entry(string[] Names, Func<CommandContext, Command> Build);
}
