using System.Text.RegularExpressions;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// The container that a build's step ran in. The builder tells of it in its output alone, and removes it; whether it ran out of memory is
/// among the events that the engine remembers. Not safe for concurrent use.
/// </summary>
internal sealed partial class BuildSteps(DockerClient client, TimeProvider time)
{
    /// <summary>The engine hears of a kill beside the container's end, not before it.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    private readonly long _began = time.GetUtcNow().ToUnixTimeSeconds();
    private string? _container;

    /// <summary>A message of the output: the builder writes the line about a container in one.</summary>
    public void Take(string text)
    {
        if (RunningIn().Match(text) is { Success: true } match)
            _container = match.Groups[1].Value;
    }

    /// <summary>Whether the last step did. False also where the engine cannot be asked: then the failed build is all that is known.</summary>
    public async Task<bool> RanOutOfMemoryAsync(CancellationToken ct)
    {
        if (_container is not { } last)
            return false;
        var until = (time.GetUtcNow() + Late).ToUnixTimeSeconds();
        var filter = DockerFilter.Of(("type", ["container"]), ("event", ["oom"]), ("container", [last]));
        try
        {
            using var answer = await client.OpenAsync(HttpMethod.Get, $"/events?since={_began}&until={until}&filters={filter}", null, ct);
            if (answer.Refusal is not null)
                return false;
            await foreach (var _ in answer.ReadJsonAsync(DockerJson.Default.EventMessage, ct))
                return true;
        }
        catch (EngineException)
        {
            // The build's own failure is what is to be told.
        }
        return false;
    }

    [GeneratedRegex(@"^ ---> Running in ([0-9a-f]{12,64})\s*$")]
    private static partial Regex RunningIn();
}
