using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth releases [APP]</c>, <c>berth releases show RELEASE</c></summary>
internal static class ReleasesCommand
{
    private sealed record Options(string App, bool Json);

    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("releases", "List an app's releases") { name, app, format, ReleasesShowCommand.Build(context) };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app, name), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var releases = await client.ListReleasesAsync(options.App, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, releases, ContractsJson.Default.IReadOnlyListReleaseInfo);
            return ExitCodes.Done;
        }
        var table = new Table("RELEASE", "VERSION", "CREATED", "COMMIT", "STATE", "DESCRIPTION");
        var now = context.Time.GetUtcNow();
        foreach (var release in releases)
            table.Add(release.Release, release.Id, RelativeTime.Ago(release.CreatedAt, now), release.Commit, release.Active ? "active" : null, release.Description);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
