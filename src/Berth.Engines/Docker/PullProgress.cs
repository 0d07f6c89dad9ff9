using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// Turns the engine's ticks (hundreds for each layer) into a few lines for people: what is pulled, each further quarter of what is
/// known to come, each layer that is there.
/// </summary>
internal sealed class PullProgress(Action<string> output)
{
    /// <summary>Smaller steps than this are not worth a line.</summary>
    private const long SmallestStep = 8 * ByteSize.MiB;

    private readonly Dictionary<string, ProgressDetail> _downloads = [];
    private long _told;

    public void Take(ProgressMessage message)
    {
        switch (message)
        {
            case { Status: null or "" }:
                break;
            case { Status: "Downloading", Id: { } layer, Progress: { } progress }:
                _downloads[layer] = progress;
                Tell();
                break;
            case { Status: "Pull complete" or "Already exists", Id: { } layer }:
                output($"{layer}: {message.Status}");
                break;
            // The other steps of a layer; what has no layer (or the tag in its place) is said once.
            case { Id: not null, Status: var status } when !status.StartsWith("Pulling from", StringComparison.Ordinal):
                break;
            default:
                output(message.Status);
                break;
        }
    }

    private void Tell()
    {
        long current = _downloads.Values.Sum(d => d.Current);
        long total = _downloads.Values.Sum(d => d.Total);
        if (current - _told < Math.Max(total / 4, SmallestStep))
            return;
        _told = current;
        output($"downloaded {ByteSize.ForPeople(current)} of {ByteSize.ForPeople(total)}");
    }
}
