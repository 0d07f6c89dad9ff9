using Berth.Cli.Output;
using Berth.Engines.Processes;

namespace Berth.Cli.Dev;

/// <summary>Runs a plan's processes until one exits or a signal comes, then stops all, and exits with the first one's code.</summary>
internal sealed class DevRun
{
    /// <summary>How long a process's last lines may come after its end before that is told: what it has started may hold its output open.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromMilliseconds(200);

    /// <summary>How long output is waited for when nothing runs any more: only a process that could not be killed holds it open.</summary>
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(2);

    private readonly CommandContext _context;
    private readonly DevPlan _plan;
    private readonly DevOutput _output;

    public DevRun(CommandContext context, DevPlan plan)
    {
        _context = context;
        _plan = plan;
        _output = new DevOutput(context.Out, context.OutStyle, context.Time, plan.NameWidth);
    }

    /// <summary>Where the processes run.</summary>
    public required string Folder { get; init; }

    public required DevEnvironment Environment { get; init; }

    /// <summary>Between SIGTERM and SIGKILL.</summary>
    public required TimeSpan StopTimeout { get; init; }

    public async Task<int> RunAsync()
    {
        using var signals = new StopSignals();
        using var tree = new ProcessTree(new ProcessTreeOptions(), _context.Time);
        var running = _plan.Processes.Select(process => Start(tree, process)).ToList();
        int exitCode = await FirstEndAsync(running, signals).ConfigureAwait(false);
        await StopAsync(tree, signals.Hurry).ConfigureAwait(false);
        await WithinAsync(Task.WhenAll(running.SelectMany(r => new[] { r.Reported, r.Drained })), LastOutput).ConfigureAwait(false);
        return exitCode;
    }

    private async Task<int> FirstEndAsync(IReadOnlyList<Running> running, StopSignals signals)
    {
        var exited = Task.WhenAny(running.Select(r => r.Exited));
        await Task.WhenAny(exited, signals.First, _output.Broken).ConfigureAwait(false);
        if (exited.IsCompleted)
        {
            var first = await exited.ConfigureAwait(false);
            // Told before the others are stopped, or their ends would seem to have come first.
            await running.First(r => r.Exited == first).Reported.ConfigureAwait(false);
            return await first.ConfigureAwait(false);
        }
        if (!signals.First.IsCompleted)
            return ExitCodes.BrokenPipe;
        var signal = await signals.First.ConfigureAwait(false);
        _output.Say(DevMessages.Received(signal));
        return StopSignals.ExitCodeOf(signal);
    }

    private Running Start(ProcessTree tree, DevProcess process)
    {
        var lines = _output.LinesOf(process);
        var spec = new ProcessSpec { Command = process.Service.Command!, Directory = Folder, Env = Environment.For(process, []) };
        var started = tree.Start(spec, lines.Add);
        _output.Say(process, DevMessages.Started(started.Id));
        return Follow(process, started.Exited, started.Drained, lines);
    }

    private Running Follow(DevProcess process, Task<int> exited, Task drained, LineAssembler lines)
    {
        var shown = EndAsync();
        return new Running(exited, shown, ReportAsync());

        async Task EndAsync()
        {
            await drained.ConfigureAwait(false);
            lines.End();
        }

        async Task ReportAsync()
        {
            int code = await exited.ConfigureAwait(false);
            await WithinAsync(shown, LastLines).ConfigureAwait(false);
            _output.Say(process, DevMessages.Exited(code));
        }
    }

    private async Task StopAsync(ProcessTree tree, CancellationToken hurry)
    {
        if (await tree.WaitUntilGoneAsync(TimeSpan.Zero, hurry).ConfigureAwait(false))
            return;
        _output.Say(DevMessages.Terminating);
        tree.Terminate();
        if (await tree.WaitUntilGoneAsync(StopTimeout, hurry).ConfigureAwait(false))
            return;
        _output.Say(hurry.IsCancellationRequested ? DevMessages.Killing : DevMessages.KillingAfter(StopTimeout));
        if (!await tree.KillAsync().ConfigureAwait(false))
            _output.Say(DevMessages.NotKilled);
    }

    private async Task WithinAsync(Task task, TimeSpan limit)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(task, Task.Delay(limit, _context.Time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
    }

    /// <param name="Drained">All that it printed is shown.</param>
    /// <param name="Reported">Its end is shown.</param>
    private sealed record Running(Task<int> Exited, Task Drained, Task Reported);
}
