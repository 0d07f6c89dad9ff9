using System.CommandLine;
using System.Text;
using Berth.Builds;
using Berth.Cli.Settings;
using Berth.Definitions;
using Berth.Definitions.AppToml;
using Berth.Definitions.Procfile;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth init [DIR]</c></summary>
internal static class InitCommand
{
    private sealed record Options(string Folder, string App);

    public static Command Build(CommandContext context)
    {
        var folder = new Argument<string?>("dir") { Description = "The folder that holds the source; default: this one", Arity = ArgumentArity.ZeroOrOne, HelpName = "DIR" };
        var app = SharedOptions.App("The app's name; else BERTH_APP, else the folder's name");
        var command = new Command("init", "Write a first .berth/app.toml for a folder") { folder, app };
        command.SetAction(parse =>
        {
            var path = Path.GetFullPath(parse.GetValue(folder) ?? ".", context.Folder);
            if (!Directory.Exists(path))
                throw CliException.Usage(CliMessages.NoSuchFolder(path));
            foreach (var other in new[] { AppTomlFile.Find(path), File.Exists(Path.Combine(path, DefinitionReader.ManifestYml)) ? DefinitionReader.ManifestYml : null })
            {
                if (other is not null)
                    throw new CliException(ExitCodes.Failed, CliMessages.DefinedAlready(path, other));
            }
            return Run(context, new Options(path, AppChoice.Of(context, parse.GetValue(app), positional: null, path)));
        });
        return command;
    }

    private static int Run(CommandContext context, Options options)
    {
        var services = ReadProcfile(options.Folder);
        var detected = services.Count > 0 ? null : ImageBuilder.Plan(options.Folder, new BuildDefinition()).DefaultWebCommand;
        var text = FirstAppToml.Write(options.App, services, detected);
        AppTomlFile.Write(Path.Combine(options.Folder, DefinitionReader.BerthAppToml), Encoding.UTF8.GetBytes(text));
        context.Out.Write(DefinitionReader.BerthAppToml + "\n");
        return ExitCodes.Done;
    }

    private static IReadOnlyList<ProcfileEntry> ReadProcfile(string folder)
    {
        var file = Path.Combine(folder, DefinitionReader.ProcfileName);
        if (!File.Exists(file))
            return [];
        try
        {
            var content = ProcfileReader.Read(DefinitionReader.ProcfileName, File.ReadAllBytes(file), new DefinitionLimits());
            return content.Diagnostics.All(d => d.Severity == Severity.Warning)
                ? content.Services
                : throw new CliException(ExitCodes.Failed, CliMessages.BadProcfile(folder)) { Diagnostics = [.. content.Diagnostics.Select(AppFiles.ToInfo)] };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotRead(file, e.Message));
        }
    }
}
