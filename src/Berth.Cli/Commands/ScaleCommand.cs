using System.CommandLine;
using System.Globalization;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Model;

namespace Berth.Cli.Commands;

/// <summary><c>berth scale web=3 worker=2</c> (as Deis has it), <c>berth scale APP --process web -i 2 -m 256M</c> (as Cloud Foundry has it), <c>berth scale</c> (shows), <c>berth scale --explain</c>.</summary>
internal static class ScaleCommand
{
    /// <summary>Docker refuses to start with less.</summary>
    private const long LeastMemoryBytes = 6 * ByteSize.MiB;

    /// <param name="Request">Null: only show.</param>
    private sealed record Options(string App, ScaleRequest? Request, bool Wait, bool Json);

    public static Command Build(CommandContext context)
    {
        var words = new Argument<string[]>("scale") { Description = "SERVICE=COUNT, SERVICE=auto, SERVICE=auto:MIN-MAX or SERVICE=default (what the files say); or the app, with --process", Arity = ArgumentArity.ZeroOrMore, HelpName = "SERVICE=COUNT" };
        var app = SharedOptions.App();
        var process = SharedOptions.Service("The service to scale");
        var instances = new Option<string?>("--instances", "-i") { Description = "With --process: how many sandboxes", HelpName = "COUNT" };
        var memory = new Option<string?>("--memory", "-m") { Description = "Memory limit of each sandbox, for example 256M; with one service", HelpName = "SIZE" };
        var cpu = new Option<string?>("--cpu") { Description = "CPU cores of each sandbox, for example 0.5; with one service", HelpName = "CORES" };
        var explain = new Option<bool>("--explain") { Description = "Show demand, the counts that follow from it, and why" };
        var noWait = Settlement.NoWait();
        var format = SharedOptions.Format();
        var command = new Command("scale", "Set how many sandboxes services have, and their size; without arguments show it") { words, app, process, instances, memory, cpu, explain, noWait, format };
        command.SetAction((parse, ct) =>
        {
            var given = parse.GetValue(words) ?? [];
            var assignments = given.Where(w => w.Contains('=')).ToArray();
            var names = given.Where(w => !w.Contains('=')).ToArray();
            if (names.Length > 1)
                throw CliException.Usage(CliMessages.BadScale(names[1]));
            if (names.Length == 1 && assignments.Length > 0)
                throw CliException.Usage(CliMessages.BadScale(names[0]));
            var request = Request(assignments, parse.GetValue(process), parse.GetValue(instances), parse.GetValue(memory), parse.GetValue(cpu));
            var choice = AppChoice.Of(context, parse.GetValue(app), names.FirstOrDefault());
            if (parse.GetValue(explain))
                return request is null ? ScalingText.ExplainAsync(context, choice, SharedOptions.IsJson(parse, format), ct) : throw CliException.Usage(CliMessages.ExplainOrScale);
            return RunAsync(context, new Options(choice, request, !parse.GetValue(noWait), SharedOptions.IsJson(parse, format)), ct);
        });
        return command;
    }

    /// <summary>Deis's form. Order is kept.</summary>
    private static Dictionary<string, string> ByAssignment(string[] assignments)
    {
        var services = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            var at = assignment.IndexOf('=', StringComparison.Ordinal);
            var service = Checked(assignment[..at]);
            if (!services.TryAdd(service, Values.Scale(assignment, assignment[(at + 1)..])))
                throw CliException.Usage(CliMessages.ServiceTwice(service));
        }
        return services;
    }

    private static ScaleRequest? Request(string[] assignments, string? process, string? instances, string? memory, string? cpu)
    {
        if (assignments.Length > 0 && (process ?? instances) is not null)
            throw CliException.Usage(CliMessages.BothScaleForms);
        if (memory is not null && (!ByteSize.TryParse(memory, out var bytes) || bytes < LeastMemoryBytes))
            throw CliException.Usage(CliMessages.BadMemory(memory));
        double? cores = cpu is null ? null : Values.Cpu(cpu);
        var sized = (memory ?? cpu) is not null;
        var services = ByAssignment(assignments);
        if (process is not null)
        {
            if (instances is null && !sized)
                throw CliException.Usage(CliMessages.NothingToScale);
            services.Add(Checked(process), instances is null ? ScaleRequest.Same : Values.Count("-i", instances, 0, Values.MaxInstances).ToString(CultureInfo.InvariantCulture));
        }
        if (services.Count == 0)
            return instances is null && !sized ? null : throw CliException.Usage(CliMessages.ProcessMissing);
        if (sized && services.Count > 1)
            throw CliException.Usage(CliMessages.OneServiceForSize);
        return new ScaleRequest { Services = services, Memory = memory, Cpu = cores };
    }

    private static string Checked(string service) => Names.ServiceProblem(service) is { } problem ? throw CliException.Usage(problem) : service;

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = context.Connect();
        if (options.Request is not { } request)
            return Settlement.Show(context, await client.ListServicesAsync(options.App, ct).ConfigureAwait(false), options.Json);
        var services = await client.ScaleAsync(options.App, request, ct).ConfigureAwait(false);
        return await Settlement.ShowAsync(context, client, options.App, services, options.Wait, options.Json, ct).ConfigureAwait(false);
    }
}
