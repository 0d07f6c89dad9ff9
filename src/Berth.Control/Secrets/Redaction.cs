using System.Collections.Concurrent;
using Berth.Model;

namespace Berth.Control.Secrets;

/// <summary>
/// Blots secret values out of what is written down and shown: logs, deployments' events, crashes, messages. An app's values are read when its first text comes, and
/// learned from then on as they are set; those of releases that can be gone back to stay known. Thread-safe.
/// </summary>
public sealed class Redaction
{
    /// <summary>Stands in a value's place.</summary>
    public const string Mark = "***";

    /// <summary>Values of one app that are looked for; the ones that came last stay. Looking for more would slow down its log.</summary>
    private const int MaxValues = 1000;

    private readonly ConcurrentDictionary<string, RedactedValues> _apps = new(StringComparer.Ordinal);
    private readonly Func<string, IEnumerable<string>> _load;

    /// <summary>Of no app: knows no secret.</summary>
    public static Redaction None { get; } = new(_ => []);

    /// <param name="load">The secret values that are stored of an app.</param>
    internal Redaction(Func<string, IEnumerable<string>> load) => _load = load;

    /// <summary>What of a value is looked for: itself, and each of its lines, because logs are lines. What is short is not: it would be found everywhere.</summary>
    internal static IEnumerable<string> Parts(string value) =>
        value.Split('\n').Select(line => line.TrimEnd('\r')).Append(value).Where(part => part.Length >= EnvVar.LeastRedactedLength).Distinct(StringComparer.Ordinal);

    public string Apply(string app, string text) => Of(app).Apply(text);

    internal RedactedValues Of(string app) => _apps.GetOrAdd(app, name => RedactedValues.None.With(_load(name).SelectMany(Parts), MaxValues));

    internal void Learn(string app, IEnumerable<string> values)
    {
        var parts = values.SelectMany(Parts).ToList();
        Of(app);
        _apps.AddOrUpdate(app, _ => RedactedValues.None.With(parts, MaxValues), (_, known) => known.With(parts, MaxValues));
    }

    internal void Forget(string app) => _apps.TryRemove(app, out _);
}
