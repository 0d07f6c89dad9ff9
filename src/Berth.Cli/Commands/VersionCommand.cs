using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth version</c>: of this program and of the server. <c>berth --version</c> asks no server.</summary>
internal static class VersionCommand
{
    public static string ClientLine => "berth " + typeof(VersionCommand).Assembly.GetName().Version!.ToString(3);

    public static Command Build(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("version", "Print the version of this program and of the server; --version prints the first alone") { format };
        command.SetAction((parse, ct) => RunAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, bool json, CancellationToken ct)
    {
        if (!json)
            context.Out.Write(ClientLine + "\n");
        using var client = context.Connect();
        var server = await client.GetVersionAsync(ct).ConfigureAwait(false);
        if (json)
            JsonOutput.Write(context.Out, server, ContractsJson.Default.VersionInfo);
        else
            context.Out.Write(context.OutStyle.Foreign($"berthd {server.Version} ({server.Engine ?? "engine away"})") + "\n");
        return ExitCodes.Done;
    }
}
