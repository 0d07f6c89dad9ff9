using System.CommandLine;
using System.Text;
using Berth.Cli.Dev;
using Berth.Cli.Settings;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth env pull [FILE]</c></summary>
internal static class EnvPullCommand
{
    public static Command Build(CommandContext context)
    {
        var path = new Argument<string>("file") { Description = "The file to write; - is standard output", HelpName = "FILE", DefaultValueFactory = _ => EnvCommand.DefaultFile };
        var app = SharedOptions.App();
        var yes = SharedOptions.Yes();
        var command = new Command("pull", "Write the variables that were set by hand to a .env file, readable by its owner only") { path, app, yes };
        command.SetAction((parse, ct) => RunAsync(context, AppChoice.Of(context, parse, app), parse.GetRequiredValue(path), parse.GetValue(yes), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string app, string file, bool yes, CancellationToken ct)
    {
        using var client = context.Connect();
        var variables = new List<EnvVar>();
        foreach (var variable in (await client.ListEnvAsync(app, ct).ConfigureAwait(false)).Where(v => v.Source == "manual"))
        {
            if (variable.Value is { } value)
                variables.Add(new EnvVar(variable.Key, value));
            else
                context.Warn(CliMessages.ValueNotShown(variable.Key));
        }
        foreach (var unnamed in variables.Where(v => !DotEnv.CanHold(v.Key)))
            context.Warn(CliMessages.NotInDotEnv(unnamed.Key));
        variables.RemoveAll(v => !DotEnv.CanHold(v.Key));
        var bytes = Encoding.UTF8.GetBytes(DotEnv.Format(variables));
        if (file == "-")
        {
            await context.Terminal.Output.WriteAsync(bytes, ct).ConfigureAwait(false);
            return ExitCodes.Done;
        }
        var path = Path.GetFullPath(file, context.Folder);
        if (File.Exists(path))
            context.Confirm($"replace {path}", yes);
        Write(path, bytes);
        context.Error.Write($"{variables.Count} variable{(variables.Count == 1 ? "" : "s")} of {app} in {path}\n");
        return ExitCodes.Done;
    }

    /// <summary>The file is replaced as a whole: an interruption leaves the old or the new one.</summary>
    private static void Write(string path, byte[] bytes)
    {
        var temporary = path + ".new";
        try
        {
            File.Delete(temporary);
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                file.Write(bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotWrite(path, e.Message));
        }
    }
}
