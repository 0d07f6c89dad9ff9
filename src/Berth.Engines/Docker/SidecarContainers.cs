using System.Globalization;
using System.Net;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// The containers of a sandbox's sidecars. Their names are the sandbox's id and a number, <c>demo-web-2bX.1</c>, but they are found by their labels: also those whose
/// sandbox has lost its own container. What is done to them is done to all at once.
/// </summary>
internal sealed class SidecarContainers(DockerClient client, DockerEngineOptions options, SandboxListing listing, ContainerFreezer freezer)
{
    /// <summary>Creates those that are not there.</summary>
    /// <param name="main">Id of the sandbox's own container, which need not run.</param>
    public Task CreateAsync(SandboxSpec spec, string main, CancellationToken ct) => Task.WhenAll(spec.Sidecars.Select(async (sidecar, index) =>
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{spec.Id}.{index + 1}");
        var body = DockerClient.Json(ContainerPlan.For(spec, sidecar, main, options), DockerJson.Default.ContainerCreate);
        var created = await WorkAsync(HttpMethod.Post, $"/containers/create?name={name}", body, ct);
        if (created.Ok || created.Status == HttpStatusCode.Conflict)
            return;
        var failure = created.Failure("create it");
        var error = created.Status == HttpStatusCode.NotFound ? EngineError.ImageMissing : failure.Error;
        throw new EngineException(error, EngineMessages.SidecarNotStarted(sidecar.Name, spec.Id, created.Reason));
    }));

    /// <summary>Starts them; the sandbox's own container runs.</summary>
    public async Task StartAsync(SandboxSpec spec, Func<Task<bool>> mainRuns, CancellationToken ct)
    {
        var containers = await ListAsync(spec.Id, ct);
        if (containers.Count != spec.Sidecars.Count)
            throw new EngineException(EngineError.Conflict, EngineMessages.SidecarsMissing(spec.Id, containers.Count, spec.Sidecars.Count));
        await Task.WhenAll(containers.Select(async container =>
        {
            listing.Changing(container.Id);
            var started = await WorkAsync(HttpMethod.Post, $"/containers/{container.Id}/start", null, ct);
            // There is no network to join when the sandbox's own process has ended at once. That is seen as its end.
            if (started.Ok || started.Status == HttpStatusCode.NotModified || !await mainRuns())
                return;
            var failure = started.Failure("start it");
            throw new EngineException(failure.Error == EngineError.DiskFull ? failure.Error : EngineError.StartFailed, EngineMessages.SidecarNotStarted(NameOf(container), spec.Id, started.Reason));
        }));
    }

    /// <param name="limit">The stop timeout and the time for the engine's own work.</param>
    public Task StopAsync(string sandbox, TimeSpan limit, CancellationToken ct) =>
        ForEachAsync(sandbox, _ => true, async (container, token) => await client.SendAsync(HttpMethod.Post, $"/containers/{container.Id}/stop", null, limit, token), "stop", ct);

    public Task FreezeAsync(string sandbox, CancellationToken ct) => ForEachAsync(sandbox, Lives, FrozenOrThawed(freezer.FreezeAsync), "freeze", ct);

    public Task ThawAsync(string sandbox, CancellationToken ct) => ForEachAsync(sandbox, Lives, FrozenOrThawed(freezer.ThawAsync), "thaw", ct);

    public Task RemoveAsync(string sandbox, CancellationToken ct) =>
        ForEachAsync(sandbox, _ => true, async (container, token) => await WorkAsync(HttpMethod.Delete, $"/containers/{container.Id}?force=1&v=1", null, token), "remove", ct);

    private async Task ForEachAsync(string sandbox, Func<ContainerSummary, bool> which, Func<ContainerSummary, CancellationToken, Task<DockerReply?>> action, string verb, CancellationToken ct) =>
        await Task.WhenAll((await ListAsync(sandbox, ct)).Where(which).Select(async container =>
        {
            var reply = await action(container, ct);
            // It is as it should be already, it has ended or is being removed.
            if (reply is { Ok: false } && reply.Status is not (HttpStatusCode.NotModified or HttpStatusCode.NotFound or HttpStatusCode.Conflict))
                throw reply.Failure($"{verb} sidecar \"{NameOf(container)}\" of sandbox \"{sandbox}\"");
        }));

    private static bool Lives(ContainerSummary container) => container.State is "running" or "paused";

    private Func<ContainerSummary, CancellationToken, Task<DockerReply?>> FrozenOrThawed(Func<ContainerDetails, CancellationToken, Task<DockerReply?>> action) =>
        async (container, token) => await listing.LookUpAsync(container, token) is { } details ? await action(details, token) : null;

    private async Task<IReadOnlyList<ContainerSummary>> ListAsync(string sandbox, CancellationToken ct)
    {
        var filter = DockerFilter.Owned(options.Owner, null, [("label", [$"{Labels.Sandbox}={sandbox}", Labels.Sidecar])]);
        var reply = await client.GetAsync($"/containers/json?all=1&filters={filter}", ct);
        return reply.Ok ? reply.Read(DockerJson.Default.IReadOnlyListContainerSummary) : throw reply.Failure($"list the sidecars of sandbox \"{sandbox}\"");
    }

    private static string NameOf(ContainerSummary container) => container.Labels?.GetValueOrDefault(Labels.Sidecar) ?? container.Id;

    private Task<DockerReply> WorkAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct) => client.SendAsync(method, path, body, options.WorkTimeout, ct);
}
