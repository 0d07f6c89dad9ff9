using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Lists the containers of sandboxes. For each call the engine goes through all that it has, whichever are asked for, so one call is made at a time, and all who
/// ask meanwhile share the next: a hundred apps looked at together are a few calls. A caller's listing is always begun after he asked. Thread-safe.
/// </summary>
internal sealed class ContainerListing(DockerClient client, DockerEngineOptions options)
{
    private readonly Lock _lock = new();
    private Call? _next;
    private bool _running;

    /// <param name="app">Null: those of all apps.</param>
    public async Task<IReadOnlyList<ContainerSummary>> ListAsync(string? app, CancellationToken ct)
    {
        Call call;
        lock (_lock)
        {
            call = _next ??= new();
            call.Apps.Add(app);
            if (!_running)
            {
                _running = true;
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
        }
        var containers = await call.Answer.Task.WaitAsync(ct);
        return app is null ? containers : [.. containers.Where(c => c.Labels?.GetValueOrDefault(Labels.App) == app)];
    }

    private async Task RunAsync()
    {
        while (true)
        {
            Call call;
            lock (_lock)
            {
                if (_next is null)
                {
                    _running = false;
                    return;
                }
                (call, _next) = (_next, null);
            }
            try
            {
                call.Answer.SetResult(await AskAsync(call.Apps.Count == 1 ? call.Apps.Single() : null));
            }
            catch (Exception e)
            {
                call.Answer.SetException(e);
                // Seen here, in case that all callers have gone.
                _ = call.Answer.Task.Exception;
            }
        }
    }

    private async Task<IReadOnlyList<ContainerSummary>> AskAsync(string? app)
    {
        var filter = DockerFilter.Owned(options.Owner, app, [("label", [Labels.Sandbox])]);
        var reply = await client.GetAsync($"/containers/json?all=1&filters={filter}", CancellationToken.None);
        return reply.Ok ? reply.Read(DockerJson.Default.IReadOnlyListContainerSummary) : throw reply.Failure("list the sandboxes");
    }

    private sealed class Call
    {
        public HashSet<string?> Apps { get; } = [];

        public TaskCompletionSource<IReadOnlyList<ContainerSummary>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
