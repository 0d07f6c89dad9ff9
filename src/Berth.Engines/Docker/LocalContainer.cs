using System.Globalization;
using System.Net;
using Berth.Engines.Docker.Wire;
using Berth.Engines.Processes;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>A container that <see cref="LocalContainers"/> has started. It stays until <see cref="StopAsync"/>, also after its end.</summary>
public sealed class LocalContainer
{
    private readonly DockerClient _client;
    private readonly string _id;
    private readonly string _name;
    private readonly TimeSpan _workTimeout;
    private readonly TimeProvider _time;

    internal LocalContainer(DockerClient client, string id, string name, TimeSpan workTimeout, OutputHandler output, TimeProvider time)
    {
        _client = client;
        _id = id;
        _name = name;
        _workTimeout = workTimeout;
        _time = time;
        Exited = WaitAsync();
        Drained = ReadAsync(output);
    }

    /// <summary>The exit code. An engine that goes away is an <see cref="EngineException"/>.</summary>
    public Task<int> Exited { get; }

    /// <summary>All that it printed has been handed on.</summary>
    public Task Drained { get; }

    /// <summary>
    /// Sends the image's stop signal, waits up to <paramref name="timeout"/> or until <paramref name="hurry"/> is cancelled, kills, and removes the
    /// container with its unnamed volumes.
    /// </summary>
    public async Task StopAsync(TimeSpan timeout, CancellationToken hurry)
    {
        var seconds = Math.Ceiling(timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Task stop = _client.SendAsync(HttpMethod.Post, $"/containers/{_id}/stop?t={seconds}", null, timeout + _workTimeout, hurry);
        await stop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Before the removal, which ends what is not read yet.
        await Task.WhenAll(Exited, Drained).WaitAsync(_workTimeout, _time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var removed = await _client.SendAsync(HttpMethod.Delete, $"/containers/{_id}?force=1&v=1", null, _workTimeout, CancellationToken.None);
        if (!removed.Ok && removed.Status is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            throw removed.Failure($"remove container \"{_name}\"");
    }

    private async Task<int> WaitAsync()
    {
        using var answer = await _client.OpenAsync(HttpMethod.Post, $"/containers/{_id}/wait", null, CancellationToken.None);
        if (answer.Refusal is { } refusal)
            throw refusal.Failure($"wait for container \"{_name}\"");
        await foreach (var end in answer.ReadJsonAsync(DockerJson.Default.WaitResult, CancellationToken.None))
            return end.StatusCode;
        throw _client.Unreachable(new EndOfStreamException());
    }

    private async Task ReadAsync(OutputHandler output)
    {
        using var answer = await _client.OpenAsync(HttpMethod.Get, $"/containers/{_id}/logs?stdout=1&stderr=1&follow=1", null, CancellationToken.None);
        if (answer.Refusal is { } refusal)
            throw refusal.Failure($"read the output of container \"{_name}\"");
        await foreach (var chunk in LogFrames.ReadPlainAsync(answer.ReadAsync, _time, CancellationToken.None))
            output(chunk.Bytes.Span);
    }
}
