using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth system df</c></summary>
internal static class SystemCommand
{
    public static Command Build(CommandContext context) => new("system", "The machine that all apps share") { BuildDf(context) };

    private static Command BuildDf(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("df", "Show what takes the disk, by app. Old releases, their images and stacks are removed without being asked") { format };
        command.SetAction((parse, ct) => ShowAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> ShowAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var space = await client.GetSpaceAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, space, ContractsJson.Default.SpaceInfo);
            return ExitCodes.Done;
        }
        var table = new Table("APP", "IMAGES", "SANDBOXES", "LOGS", "GIT", "RELEASES", "TOTAL");
        foreach (var app in space.Apps)
            table.Add(app.App, Size(app.Images), Size(app.Sandboxes), Size(app.Logs), Size(app.Git), Size(app.Releases), Size(app.Images + app.Sandboxes + app.Logs + app.Git + app.Releases));
        table.WriteTo(context.Out, context.OutStyle);
        context.Out.Write("\n");
        var rest = new Table("SHARED", "TOTAL");
        foreach (var (what, bytes) in new[]
        {
            ("stacks", space.Stacks), ("layers of several images, and of others' images", space.OtherLayers), ("build cache", space.BuildCache),
            ("sources being built", space.Sources), ("Berth's state", space.State), ("free", space.Free),
        })
        {
            rest.Add(what, Size(bytes));
        }
        rest.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static string Size(long bytes) => bytes == 0 ? "-" : ByteSize.ForPeople(bytes);
}
