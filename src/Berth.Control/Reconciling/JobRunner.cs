using System.Text;
using Berth.Model;

namespace Berth.Control.Reconciling;

/// <summary>Runs a sandbox that is to end by itself, and removes it whatever happens. What a kill leaves of it is removed at the next start, with all jobs.</summary>
internal sealed class JobRunner(IEngine engine, TimeProvider time)
{
    private static readonly TimeSpan EndPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>How it ended; null: it was still running after <paramref name="limit"/>.</summary>
    /// <param name="output">Gets what it prints, as it comes.</param>
    /// <exception cref="EngineException">It could not be started, or somebody removed it.</exception>
    public async Task<SandboxStatus?> RunAsync(SandboxSpec spec, TimeSpan limit, Action<string> output, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await engine.StartSandboxAsync(spec, either.Token);
            await foreach (var chunk in engine.ReadLogsAsync(spec.Id, since: null, follow: true, either.Token))
                output(Encoding.UTF8.GetString(chunk.Bytes.Span));
            return await EndAsync(spec, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await engine.RemoveSandboxAsync(spec.Id, CancellationToken.None);
        }
    }

    /// <summary>The same, with the last <paramref name="outputKept"/> characters that it printed.</summary>
    public async Task<(SandboxStatus? Ended, string Output)> RunAsync(SandboxSpec spec, TimeSpan limit, int outputKept, CancellationToken ct)
    {
        var output = "";
        var ended = await RunAsync(spec, limit, text => output = output.Length + text.Length <= outputKept ? output + text : (output + text)[^outputKept..], ct);
        return (ended, output);
    }

    /// <summary>A log ends a little before the engine lists its sandbox as exited.</summary>
    private async Task<SandboxStatus> EndAsync(SandboxSpec spec, CancellationToken ct)
    {
        while (true)
        {
            var listed = (await engine.ListSandboxesAsync(spec.App, ct)).FirstOrDefault(s => s.Id == spec.Id)
                ?? throw new EngineException(EngineError.NotFound, $"sandbox {spec.Id} was removed while it ran");
            if (listed.State == SandboxState.Exited)
                return listed;
            await Task.Delay(EndPoll, time, ct);
        }
    }
}
