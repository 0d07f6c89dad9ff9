using System.CommandLine;
using Berth.Cli.Deployments;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth deploy [DIR]</c>, <c>berth deploy --image REF [--procfile FILE]</c>, <c>berth deploy --cancel</c></summary>
internal static class DeployCommand
{
    private sealed record Options(string App, string Folder, string? Image, byte[]? Procfile, bool Force, bool Json);

    public static Command Build(CommandContext context)
    {
        var folder = new Argument<string?>("dir") { Description = "The folder that holds the source; default: this one", Arity = ArgumentArity.ZeroOrOne, HelpName = "DIR" };
        var app = SharedOptions.App();
        var image = new Option<string?>("--image") { Description = "Deploy this image instead of building one", HelpName = "REF" };
        var procfile = new Option<string?>("--procfile") { Description = "With --image: a Procfile that says what runs in it", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Deploy although nothing differs from what runs" };
        var cancel = new Option<bool>("--cancel") { Description = "Stop the deployment of the app that is under way" };
        var format = SharedOptions.Format();
        var command = new Command("deploy", "Build a folder's source, or take an image, and run it; makes the app where there is none") { folder, app, image, procfile, force, cancel, format };
        command.SetAction(async (parse, ct) =>
        {
            var path = Path.GetFullPath(parse.GetValue(folder) ?? ".", context.Folder);
            var name = AppChoice.Of(context, parse.GetValue(app), positional: null, path);
            if (parse.GetValue(cancel))
                return await CancelAsync(context, name, ct).ConfigureAwait(false);
            if (parse.GetValue(image) is not null && parse.GetValue(folder) is not null)
                throw CliException.Usage(CliMessages.FolderAndImage);
            var alone = Procfile(context, parse.GetValue(image), parse.GetValue(procfile));
            if (parse.GetValue(image) is null && !Directory.Exists(path))
                throw CliException.Usage(CliMessages.NoSuchFolder(path));
            var options = new Options(name, path, parse.GetValue(image), alone, parse.GetValue(force), SharedOptions.IsJson(parse, format));
            return await RunAsync(context, options, ct).ConfigureAwait(false);
        });
        return command;
    }

    private static byte[]? Procfile(CommandContext context, string? image, string? procfile) => (image, procfile) switch
    {
        (_, null) => null,
        (null, _) => throw CliException.Usage(CliMessages.ProcfileNeedsImage),
        _ => SourceUpload.ReadProcfile(Path.GetFullPath(procfile, context.Folder)),
    };

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        var build = options.Image is null ? AppFiles.Read(options.Folder).Build : new BuildDefinition();
        var commit = options.Image is null ? await GitCommit.OfAsync(options.Folder, context.Time, ct).ConfigureAwait(false) : null;
        var query = new DeployQuery { Image = options.Image, Force = options.Force, Commit = commit, Create = true };
        using var client = context.Connect();
        var run = new DeploymentRun(context, client, options.App) { Json = options.Json };
        Func<Stream, CancellationToken, Task>? source = options switch
        {
            { Procfile: { } procfile } => (tar, token) => SourceUpload.WriteProcfileAsync(procfile, tar, token),
            { Image: null } => (tar, token) =>
            {
                run.Display.Phase("receive");
                return SourceUpload.WriteFolderAsync(options.Folder, build, new CountingStream(tar, sent => run.Display.Detail(sent)), token);
            },
            _ => null,
        };
        return await run.ShowAsync(client.DeployAsync(options.App, query, source, ct), ct).ConfigureAwait(false);
    }

    private static async Task<int> CancelAsync(CommandContext context, string app, CancellationToken ct)
    {
        using var client = context.Connect();
        var deployments = await client.ListDeploymentsAsync(app, ct).ConfigureAwait(false);
        var running = deployments.Where(d => d.Outcome == "running").ToList();
        if (running.Count == 0)
            throw new CliException(ExitCodes.Failed, CliMessages.NothingToCancel(app));
        foreach (var deployment in running)
        {
            await client.CancelDeploymentAsync(deployment.Id, ct).ConfigureAwait(false);
            context.Error.Write($"{deployment.Id} cancelled\n");
        }
        return ExitCodes.Done;
    }
}
