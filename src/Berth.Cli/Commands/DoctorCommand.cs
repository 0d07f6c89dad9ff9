using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth doctor</c></summary>
internal static class DoctorCommand
{
    private const int LevelWidth = 9;

    public static Command Build(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("doctor", "Look at everything that Berth needs, and at every address that is reachable from outside; exit with 1 if there is a problem") { format };
        command.SetAction((parse, ct) => RunAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var found = await client.ExamineAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, found, ContractsJson.Default.IReadOnlyListFindingInfo);
        }
        else
        {
            foreach (var finding in found)
                Write(context, finding);
        }
        return found.Any(f => f.Level == "problem") ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static void Write(CommandContext context, FindingInfo finding)
    {
        var style = context.OutStyle;
        var level = finding.Level.PadRight(LevelWidth);
        var painted = finding.Level switch
        {
            "ok" => style.Green(level),
            "warning" => style.Yellow(level),
            _ => style.Red(level),
        };
        context.Out.Write($"{painted}{SafeText.Of(finding.Subject)}: {SafeText.Of(finding.Text)}\n");
        if (finding is { Level: not "ok", Advice: { } advice })
            context.Out.Write($"{new string(' ', LevelWidth)}{style.Dim(SafeText.Of(advice))}\n");
    }
}
