using System.CommandLine;
using Berth.Cli.Git;
using Berth.Cli.Output;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth create [NAME]</c></summary>
internal static class CreateCommand
{
    private sealed record Options(string? Name, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = new Argument<string?>("name") { Description = "The app's name; without one the server chooses, for example unisex-huntress", Arity = ArgumentArity.ZeroOrOne, HelpName = "NAME" };
        var format = SharedOptions.Format();
        var command = new Command("create", "Make an app; in a git repository also the remote \"berth\", so that \"git push berth main\" deploys") { name, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(Checked(parse.GetValue(name)), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static string? Checked(string? name) => name is not null && Names.AppProblem(name) is { } problem ? throw CliException.Usage(problem) : name;

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var app = await client.CreateAppAsync(options.Name, ct).ConfigureAwait(false);
        if (options.Json)
            JsonOutput.Write(context.Out, app, ContractsJson.Default.AppInfo);
        else
            context.Out.Write(context.OutStyle.Foreign(app.Name) + "\n");
        if (await GitRemote.SetAsync(context, app.Name, replace: false, ct).ConfigureAwait(false) is { } said)
            context.Error.Write(said + "\n");
        return ExitCodes.Done;
    }
}
