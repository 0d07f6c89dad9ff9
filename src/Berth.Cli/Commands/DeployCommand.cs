using System.CommandLine;
using Berth.Cli.Analysis;
using Berth.Cli.Deployments;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Definitions.CfManifest;

namespace Berth.Cli.Commands;

/// <summary><c>berth deploy [DIR] [-f FILE] [--var NAME=VALUE] [--vars-file FILE]</c>, <c>berth deploy --image REF [--procfile FILE]</c>, <c>berth deploy --analyze</c>, <c>berth deploy --cancel</c></summary>
internal static class DeployCommand
{
    private sealed record Options(string? Image, byte[]? Procfile, bool Analyze, bool Force, bool RandomRoute, string? Watch, bool Json);

    public static Command Build(CommandContext context)
    {
        var folder = new Argument<string?>("dir") { Description = "The folder that holds the source; default: this one", Arity = ArgumentArity.ZeroOrOne, HelpName = "DIR" };
        var app = SharedOptions.App();
        var file = new Option<string?>("--file", "-f") { Description = "The manifest.yml or app.toml to go by; default: the folder's own", HelpName = "FILE" };
        var variables = new Option<string[]>("--var") { Description = "A value for a ((variable)) of the manifest; may be repeated", HelpName = "NAME=VALUE" };
        var variableFiles = new Option<string[]>("--vars-file") { Description = "A YAML file of values for ((variables)); may be repeated, the later wins", HelpName = "FILE" };
        var random = new Option<bool>("--random-route") { Description = "Add a route with words chosen by chance, if the app has no added route yet" };
        var image = new Option<string?>("--image") { Description = "Deploy this image instead of building one", HelpName = "REF" };
        var procfile = new Option<string?>("--procfile") { Description = "With --image: a Procfile that says what runs in it", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Deploy although nothing differs from what runs" };
        var watch = SharedOptions.Watch();
        var analyze = new Option<bool>("--analyze") { Description = "Only say what would be deployed and what would change; build and change nothing" };
        var cancel = new Option<bool>("--cancel") { Description = "Stop the deployment of the app that is under way" };
        var format = SharedOptions.Format();
        var command = new Command("deploy", "Build a folder's source, or take an image, and run it; makes the app where there is none. A manifest with several applications deploys all, or the one named by -a")
        {
            folder, app, file, variables, variableFiles, random, image, procfile, force, watch, analyze, cancel, format,
        };
        command.SetAction(async (parse, ct) =>
        {
            var path = Path.GetFullPath(parse.GetValue(folder) ?? ".", context.Folder);
            if (parse.GetValue(cancel))
                return await CancelAsync(context, AppChoice.Of(context, parse.GetValue(app), positional: null, path), ct).ConfigureAwait(false);
            Refuse(parse.GetValue(image) is not null, parse.GetValue(folder), parse.GetValue(file), parse.GetValue(random));
            var options = new Options(
                parse.GetValue(image), Procfile(context, parse.GetValue(image), parse.GetValue(procfile)), parse.GetValue(analyze), parse.GetValue(force), parse.GetValue(random), SharedOptions.WatchOf(parse, watch), SharedOptions.IsJson(parse, format));
            if (options.Image is null && !Directory.Exists(path))
                throw CliException.Usage(CliMessages.NoSuchFolder(path));
            var named = AppChoice.Named(context, parse, app);
            return options.Analyze ? await AnalyzeAsync(context, Plan, named ?? AppFiles.FolderName(path), options, ct).ConfigureAwait(false) : await RunAllAsync(context, Plan(), options, ct).ConfigureAwait(false);

            DeploymentPlan Plan()
            {
                var plan = options.Image is null
                    ? ManifestFinder.Find(context, path, parse.GetValue(file), parse.GetValue(variableFiles) ?? [], parse.GetValue(variables) ?? [], named)
                    : null;
                return plan ?? new DeploymentPlan(null, [new ManifestTarget(AppChoice.Of(context, named, positional: null, path), options.Image is null ? path : null)]);
            }
        });
        return command;
    }

    /// <param name="app">What the analysis is called where the files cannot be read so far.</param>
    private static async Task<int> AnalyzeAsync(CommandContext context, Func<DeploymentPlan> plan, string app, Options options, CancellationToken ct)
    {
        var analysis = new AnalysisRun(context, options.Json);
        try
        {
            var (definition, targets) = plan();
            foreach (var target in targets)
            {
                if (options.Image is { } image)
                    await analysis.AddImageAsync(target.App, image, options.Procfile, ct).ConfigureAwait(false);
                else
                    await analysis.AddFolderAsync(target.App, target.Folder ?? context.Folder, definition, ct).ConfigureAwait(false);
            }
        }
        catch (CliException e) when (e.Diagnostics.Count > 0)
        {
            analysis.Add(app, e.Diagnostics);
        }
        return analysis.Show();
    }

    private static void Refuse(bool image, string? folder, string? file, bool randomRoute)
    {
        if (image && folder is not null)
            throw CliException.Usage(CliMessages.FolderAndImage);
        if (image && file is not null)
            throw CliException.Usage(CliMessages.ManifestAndImage);
        if (image && randomRoute)
            throw CliException.Usage(CliMessages.RandomRouteAndImage);
    }

    private static byte[]? Procfile(CommandContext context, string? image, string? procfile) => (image, procfile) switch
    {
        (_, null) => null,
        (null, _) => throw CliException.Usage(CliMessages.ProcfileNeedsImage),
        _ => SourceUpload.ReadProcfile(Path.GetFullPath(procfile, context.Folder)),
    };

    /// <summary>One after the other, in the order of the manifest; the first that fails ends it.</summary>
    private static async Task<int> RunAllAsync(CommandContext context, DeploymentPlan plan, Options options, CancellationToken ct)
    {
        for (int i = 0; i < plan.Targets.Count; i++)
        {
            int exitCode = await RunAsync(context, plan.Targets[i], plan.Definition, options, ct).ConfigureAwait(false);
            if (exitCode == ExitCodes.Done)
                continue;
            if (i + 1 < plan.Targets.Count)
                context.Error.Write(CliMessages.NotDeployed(plan.Targets.Skip(i + 1).Select(target => target.App)) + "\n");
            return exitCode;
        }
        return ExitCodes.Done;
    }

    private static async Task<int> RunAsync(CommandContext context, ManifestTarget target, PushedDefinition? definition, Options options, CancellationToken ct)
    {
        var commit = target.Folder is null ? null : await GitCommit.OfAsync(target.Folder, context.Time, ct).ConfigureAwait(false);
        var query = new DeployQuery { Image = options.Image, Force = options.Force, Commit = commit, Create = true, RandomRoute = options.RandomRoute, Watch = options.Watch };
        using var client = context.Connect();
        var run = new DeploymentRun(context, client, target.App) { Json = options.Json };
        return await run.ShowAsync(client.DeployAsync(target.App, query, Source(target, definition, options, run.Display), ct), ct).ConfigureAwait(false);
    }

    /// <summary>Writes what is sent; null: nothing is.</summary>
    private static Func<Stream, CancellationToken, Task>? Source(ManifestTarget target, PushedDefinition? definition, Options options, IDeploymentDisplay display)
    {
        if (options.Procfile is { } procfile)
            return (tar, token) => SourceUpload.WriteFilesAsync([("Procfile", procfile)], tar, token);
        if (target.Folder is { } folder)
        {
            var build = AppFiles.BuildOf(folder, definition?.File);
            return (tar, token) =>
            {
                display.Phase("receive");
                return SourceUpload.WriteFolderAsync(folder, build, definition, new CountingStream(tar, sent => display.Detail(sent)), token);
            };
        }
        return definition is null ? null : (tar, token) => SourceUpload.WriteFilesAsync(definition.ToFiles(), tar, token);
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
