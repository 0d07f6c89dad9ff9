using Berth.Cli.Output;
using Berth.Engines.Processes;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <summary>Runs a plan's services until one exits or a signal comes, then stops all, and exits with the first one's code.</summary>
internal sealed class DevRun
{
    /// <summary>How long it must be quiet after a process's end before that is told: what it has started may hold its output open.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromMilliseconds(200);

    /// <summary>How long output is waited for at most, where something that runs on holds it open or goes on printing.</summary>
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(2);

    private readonly CommandContext _context;
    private readonly DevPlan _plan;
    private readonly DevOutput _output;
    private readonly List<Running> _running = [];

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

    /// <param name="ct">Ends the preparations; once processes run, signals are listened to here.</param>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        using var signals = new StopSignals();
        using var tree = new ProcessTree(new ProcessTreeOptions(), _context.Time);
        using var containers = await DevContainers.FindAsync(_context, Environment.App, _plan.Containers, ct).ConfigureAwait(false);
        if (containers is null && _plan.Processes.Count == 0)
            throw new CliException(ExitCodes.Failed, DevMessages.NothingToRun(Folder));
        try
        {
            List<EnvVar> addresses = [];
            foreach (var process in containers is null ? [] : _plan.Containers)
                addresses.AddRange(await StartAsync(containers!, process, ct).ConfigureAwait(false));
            foreach (var process in _plan.Processes)
                Start(tree, process, addresses);
            return await FirstEndAsync(signals).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll([StopAsync(tree, signals.Hurry), .. _running.Select(r => r.StopAsync(signals.Hurry))]).ConfigureAwait(false);
            await WithinAsync(Task.WhenAll(_running.SelectMany(r => new[] { r.Reported, r.Drained })), LastOutput).ConfigureAwait(false);
        }
    }

    private async Task<int> FirstEndAsync(StopSignals signals)
    {
        var exited = Task.WhenAny(_running.Select(r => r.Exited));
        await Task.WhenAny(exited, signals.First, _output.Broken).ConfigureAwait(false);
        if (exited.IsCompleted)
        {
            var first = await exited.ConfigureAwait(false);
            // Told before the others are stopped, or their ends would seem to have come first.
            await _running.First(r => r.Exited == first).Reported.ConfigureAwait(false);
            return await first.ConfigureAwait(false);
        }
        if (!signals.First.IsCompleted)
            return ExitCodes.BrokenPipe;
        var signal = await signals.First.ConfigureAwait(false);
        _output.Say(DevMessages.Received(signal));
        return StopSignals.ExitCodeOf(signal);
    }

    private void Start(ProcessTree tree, DevProcess process, IReadOnlyList<EnvVar> addresses)
    {
        var lines = _output.LinesOf(process);
        var spec = new ProcessSpec { Command = process.Service.Command!, Directory = Folder, Env = Environment.For(process, addresses) };
        var started = tree.Start(spec);
        _output.Say(process, DevMessages.Started(started.Id));
        Follow(process, started.Exited, started.DrainAsync(lines.Add), lines, stop: _ => Task.CompletedTask);
    }

    private async Task<IReadOnlyList<EnvVar>> StartAsync(DevContainers containers, DevProcess process, CancellationToken ct)
    {
        var lines = _output.LinesOf(process);
        var (container, address) = await containers.StartAsync(process, Environment, text => _output.Say(process, _context.OutStyle.Foreign(text)), lines.Add, ct).ConfigureAwait(false);
        Follow(process, OrFailure(container.Exited), OrFailure(container.Drained), lines, hurry => OrFailure(container.StopAsync(StopTimeout, hurry)));
        return address;

        async Task<int> OrFailure(Task task)
        {
            try
            {
                await task.ConfigureAwait(false);
                return task is Task<int> code ? await code.ConfigureAwait(false) : ExitCodes.Done;
            }
            catch (EngineException e)
            {
                _output.Say(process, e.Message);
                return ExitCodes.Failed;
            }
        }
    }

    private void Follow(DevProcess process, Task<int> exited, Task drained, LineAssembler lines, Func<CancellationToken, Task> stop)
    {
        var shown = EndAsync();
        _running.Add(new Running(exited, shown, ReportAsync(), stop));

        async Task EndAsync()
        {
            await drained.ConfigureAwait(false);
            lines.End();
        }

        async Task ReportAsync()
        {
            int code = await exited.ConfigureAwait(false);
            var ended = _context.Time.GetTimestamp();
            long before;
            do
            {
                before = lines.Taken;
                await WithinAsync(shown, LastLines).ConfigureAwait(false);
            }
            while (!shown.IsCompleted && lines.Taken > before && _context.Time.GetElapsedTime(ended) < LastOutput);
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
    /// <param name="StopAsync">For what is not in the tree of processes.</param>
    private sealed record Running(Task<int> Exited, Task Drained, Task Reported, Func<CancellationToken, Task> StopAsync);
}
