using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth releases show RELEASE</c>: what it is made of, and how it differs from the one before.</summary>
internal static class ReleasesShowCommand
{
    private sealed record Options(string App, string Release, bool Json);

    public static Command Build(CommandContext context)
    {
        var release = new Argument<string>("release") { Description = "v3, or the release's id", HelpName = "RELEASE" };
        var app = SharedOptions.App();
        var format = SharedOptions.Format();
        var command = new Command("show", "Show what a release is made of and how it differs from the one before") { release, app, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Of(context, parse, app), parse.GetValue(release)!, SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var shown = await client.GetReleaseAsync(options.App, options.Release, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, shown, ContractsJson.Default.ReleaseDetails);
            return ExitCodes.Done;
        }
        var release = shown.Release;
        var style = context.OutStyle;
        context.Out.Write($"{style.Bold(release.Release)}  {release.Id}{(release.Active ? "  active" : "")}\n");
        context.Out.Write($"{SafeText.Of(release.Description)}, {RelativeTime.Ago(release.CreatedAt, context.Time.GetUtcNow())}{(release.Commit is { } commit ? $", commit {commit}" : "")}\n");
        foreach (var service in shown.Services)
            context.Out.Write($"  {service.Name}: {SafeText.Of(service.Command ?? "the image's own command")}  ({SafeText.Of(service.Image)}, {service.Memory}, from {SafeText.Of(service.Source)})\n");
        if (shown.Env.Count > 0)
            context.Out.Write($"  variables: {string.Join(", ", shown.Env.Select(v => v.Key))}\n");
        await WriteChangesAsync(context, client, options.App, shown, ct).ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private static async Task WriteChangesAsync(CommandContext context, BerthClient client, string app, ReleaseDetails shown, CancellationToken ct)
    {
        // Older releases may be gone; the one before is the nearest that is still there.
        var number = int.Parse(shown.Release.Release[1..], CultureInfo.InvariantCulture);
        var earlier = (await client.ListReleasesAsync(app, ct).ConfigureAwait(false)).FirstOrDefault(r => int.Parse(r.Release[1..], CultureInfo.InvariantCulture) < number);
        if (earlier is null)
            return;
        var before = await client.GetReleaseAsync(app, earlier.Id, ct).ConfigureAwait(false);
        context.Out.Write(context.OutStyle.Bold($"against {earlier.Release}") + "\n");
        var changes = ReleaseChanges.Of(before, shown);
        foreach (var change in changes)
            context.Out.Write($"  {SafeText.Of(change.Text)}\n");
        if (changes.Count == 0)
            context.Out.Write("  nothing differs: it was deployed again\n");
    }
}
