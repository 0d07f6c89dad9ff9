using System.CommandLine;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth sandbox list [-a APP] [--all]</c></summary>
internal static class SandboxListCommand
{
    private sealed record Options(string? App, bool All, bool Json);

    public static Command Build(CommandContext context)
    {
        var app = SharedOptions.App("Only of this app; default: of all");
        var all = new Option<bool>("--all") { Description = "Also those that have ended" };
        var format = SharedOptions.Format();
        var command = new Command("list", "List sandboxes") { app, all, format };
        command.SetAction((parse, ct) => RunAsync(context, new Options(AppChoice.Named(parse, app), parse.GetValue(all), SharedOptions.IsJson(parse, format)), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        var sandboxes = await client.ListSandboxesAsync(options.App, options.All, ct).ConfigureAwait(false);
        if (options.Json)
        {
            JsonOutput.Write(context.Out, sandboxes, ContractsJson.Default.IReadOnlyListSandboxInfo);
            return ExitCodes.Done;
        }
        var table = new Table("ID", "SERVICE", "POOL", "ADDRESS", "STATUS");
        foreach (var sandbox in sandboxes)
            table.Add(sandbox.Id, sandbox.Service, sandbox.Pool, sandbox.Address, sandbox.Status);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }
}
