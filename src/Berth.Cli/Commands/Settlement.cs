using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary>What <c>scale</c> and <c>restart</c> do after the server has agreed: wait until all of it runs, and show the services.</summary>
internal static class Settlement
{
    public static Option<bool> NoWait() => new("--no-wait") { Description = "Do not wait until all of it runs" };

    /// <summary>1 if a service does not come up.</summary>
    public static async Task<int> ShowAsync(CommandContext context, BerthClient client, string app, IReadOnlyList<ServiceInfo> services, bool wait, bool json, CancellationToken ct)
    {
        if (wait)
        {
            if (!json)
                context.Error.Write(CliMessages.WaitingToSettle + "\n");
            await foreach (var settled in client.ReadSettledAsync(app, ct).ConfigureAwait(false))
                services = settled.Services;
        }
        Show(context, services, json);
        var broken = wait ? services.FirstOrDefault(s => s.Ready < s.Desired) : null;
        return broken is null ? ExitCodes.Done : throw new CliException(ExitCodes.Failed, CliMessages.NotSettled(broken.Name, broken.Ready, broken.Desired));
    }

    public static int Show(CommandContext context, IReadOnlyList<ServiceInfo> services, bool json)
    {
        if (json)
            JsonOutput.Write(context.Out, services, ContractsJson.Default.IReadOnlyListServiceInfo);
        else
            ServicesText.Write(context, services);
        return ExitCodes.Done;
    }
}
