using Berth.Cli.Commands;

namespace Berth.Cli.Dev;

/// <summary>How many processes of each service run: <c>web=1,worker=2</c>, with <c>all</c> for those that are not named.</summary>
internal sealed class Formation
{
    /// <summary>Ports are a hundred apart from service to service; more processes would use the next one's.</summary>
    public const int MaxProcesses = 100;

    private const string All = "all";

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly int _others;

    private Formation(int others) => _others = others;

    /// <summary>One of each.</summary>
    public static Formation Default { get; } = new(1);

    /// <summary>Of services; in the order in which they were written.</summary>
    public IEnumerable<string> Named => _counts.Keys;

    /// <param name="others">How many of a service that is not named, where <c>all</c> is not given either.</param>
    /// <exception cref="CliException">It is none.</exception>
    public static Formation Parse(string text, int others)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var count])
                throw CliException.Usage(DevMessages.BadFormation(pair));
            if (!counts.TryAdd(name, Values.Count($"the number of \"{name}\"", count, 0, MaxProcesses)))
                throw CliException.Usage(CliMessages.ServiceTwice(name));
        }
        var formation = new Formation(counts.Remove(All, out var all) ? all : others);
        foreach (var (name, count) in counts)
            formation._counts.Add(name, count);
        return formation;
    }

    public int Of(string service) => _counts.GetValueOrDefault(service, _others);

    /// <summary>For a service that was asked for by itself: at least one, unless the formation says otherwise.</summary>
    public int OfChosen(string service) => _counts.GetValueOrDefault(service, Math.Max(1, _others));
}
