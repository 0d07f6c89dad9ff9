using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Berth.Control.Secrets;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>
/// What happens in deployments, one file of JSON lines each, and live for whoever follows. A follower that comes late, or after a
/// restart of berthd, gets all of it from the beginning. Thread-safe.
/// </summary>
public sealed class DeploymentLog(ControlOptions options, Redaction redaction, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Live> _live = new(StringComparer.Ordinal);

    public void Phase(string deployment, DeploymentPhase phase)
    {
        if (!_live.TryGetValue(deployment, out var live))
            return;
        lock (live)
        {
            if (phase <= live.Phase)
                return;
            live.Phase = phase;
        }
        Add(deployment, new() { Time = time.GetUtcNow(), Phase = phase });
    }

    /// <summary>A piece of a stream: it may end in the middle of a line, or of a secret.</summary>
    public void Output(string deployment, string text)
    {
        if (!_live.TryGetValue(deployment, out var live))
            return;
        var secrets = redaction.Of(live.App);
        TaskCompletionSource changed;
        lock (live)
        {
            if (live.TakePiece_NeedsLock(text, secrets) is { Length: > 0 } piece)
                Write_NeedsLock(deployment, new() { Time = time.GetUtcNow(), Output = piece });
            changed = live.Renew_NeedsLock();
        }
        changed.TrySetResult();
    }

    /// <summary>Blots values out of all that is logged of an app from now on.</summary>
    public void Conceal(string app, IEnumerable<string> values) => redaction.Learn(app, values);

    public void Info(string deployment, string text) => Add(deployment, new() { Time = time.GetUtcNow(), Info = text });

    public void Diagnostic(string deployment, Diagnostic diagnostic) => Add(deployment, new() { Time = time.GetUtcNow(), Diagnostic = diagnostic });

    /// <summary>Ends the deployment's log: followers get this event and their stream ends.</summary>
    public void Result(string deployment, DeploymentResult result)
    {
        Add(deployment, new() { Time = time.GetUtcNow(), Result = result });
        if (_live.TryRemove(deployment, out var live))
            live.Ended.TrySetResult();
    }

    /// <summary>Completes at the deployment's result; at once if it has ended, or was never opened.</summary>
    public Task WaitForEndAsync(string deployment) => _live.TryGetValue(deployment, out var live) ? live.Ended.Task : Task.CompletedTask;

    /// <summary>All events from the first to the result.</summary>
    public async IAsyncEnumerable<DeploymentEvent> FollowAsync(string deployment, [EnumeratorCancellation] CancellationToken ct)
    {
        long position = 0;
        while (true)
        {
            // Taken before reading: what is added meanwhile completes it, so nothing is slept over.
            var live = _live.GetValueOrDefault(deployment);
            var changed = live?.Changed.Task;
            var (events, end) = Read(deployment, position);
            position = end;
            foreach (var happened in events)
            {
                yield return happened;
                if (happened.Result is not null)
                    yield break;
            }
            if (changed is null)
            {
                if (events.Count == 0)
                    yield break;
                continue;
            }
            await changed.WaitAsync(ct);
        }
    }

    /// <summary>Removes the log file of a deployment that nobody needs any more.</summary>
    public void Delete(string deployment) => File.Delete(PathOf(deployment));

    /// <summary>
    /// Makes the deployment followable before its first event; without it, and after the result, nothing is taken in. Called at its start and,
    /// for those under way, after a restart: it goes on behind the last whole line.
    /// </summary>
    public void Open(string deployment, string app)
    {
        Directory.CreateDirectory(options.DeploymentsFolder);
        var (events, end) = Read(deployment, position: 0);
        using (var file = new FileStream(PathOf(deployment), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            file.SetLength(end);
        var live = _live.GetOrAdd(deployment, _ => new Live(app));
        lock (live)
            live.Phase = events.Max(e => e.Phase) ?? DeploymentPhase.Queued;
    }

    private void Add(string deployment, DeploymentEvent happened)
    {
        // What a step says after the end, because it has not heard of it yet, is of no interest any more.
        if (!_live.TryGetValue(deployment, out var live))
            return;
        var plain = happened.Map(text => redaction.Apply(live.App, text));
        TaskCompletionSource changed;
        lock (live)
        {
            if (live.TakeRest_NeedsLock() is { Length: > 0 } rest)
                Write_NeedsLock(deployment, new() { Time = happened.Time, Output = rest });
            Write_NeedsLock(deployment, plain);
            changed = live.Renew_NeedsLock();
        }
        changed.TrySetResult();
    }

    private void Write_NeedsLock(string deployment, DeploymentEvent happened)
    {
        Directory.CreateDirectory(options.DeploymentsFolder);
        File.AppendAllText(PathOf(deployment), JsonSerializer.Serialize(happened, DeploymentEventJson.Default.DeploymentEvent) + "\n");
    }

    private (List<DeploymentEvent> Events, long End) Read(string deployment, long position)
    {
        var events = new List<DeploymentEvent>();
        if (!File.Exists(PathOf(deployment)))
            return (events, position);
        using var stream = new FileStream(PathOf(deployment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = position;
        var bytes = new byte[stream.Length - position];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        // A line that is being written, or that a kill cut off, is left for later.
        var complete = bytes.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, complete).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (JsonSerializer.Deserialize(line, DeploymentEventJson.Default.DeploymentEvent) is { } happened)
                events.Add(happened);
        }
        return (events, position + complete);
    }

    private string PathOf(string deployment) => Path.Combine(options.DeploymentsFolder, deployment + ".ndjson");

    private sealed class Live(string app)
    {
        /// <summary>The end of the output so far, where it may be the beginning of a secret.</summary>
        private string _heldBack = "";

        public string App => app;

        public DeploymentPhase Phase { get; set; } = DeploymentPhase.Queued;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Returns what is to be completed once the lock is free.</summary>
        public TaskCompletionSource Renew_NeedsLock()
        {
            var changed = Changed;
            Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return changed;
        }

        /// <summary>What can be shown now that <paramref name="text"/> has come.</summary>
        public string TakePiece_NeedsLock(string text, RedactedValues values)
        {
            if (values.IsEmpty)
                return text;
            text = values.Apply(_heldBack + text);
            var held = values.HeldBack(text);
            _heldBack = text[^held..];
            return text[..^held];
        }

        /// <summary>Something else has come, so it was none.</summary>
        public string TakeRest_NeedsLock()
        {
            var rest = _heldBack;
            _heldBack = "";
            return rest;
        }
    }
}
