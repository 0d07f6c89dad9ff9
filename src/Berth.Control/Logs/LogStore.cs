using System.Collections.Concurrent;
using Berth.Control.Secrets;

namespace Berth.Control.Logs;

/// <summary>What all sandboxes print, kept per app past the sandboxes' life. Thread-safe.</summary>
public sealed class LogStore(ControlOptions options, Redaction redaction, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, AppLog> _apps = new(StringComparer.Ordinal);

    public void Append(string app, IReadOnlyList<LogRecord> records)
    {
        var secrets = redaction.Of(app);
        Of(app).Append(secrets.IsEmpty ? records : [.. records.Select(record => secrets.Apply(record.Text) is var text && ReferenceEquals(text, record.Text) ? record : record with { Text = text })]);
    }

    public IAsyncEnumerable<LogRecord> ReadAsync(string app, LogQuery query, CancellationToken ct) => Of(app).ReadAsync(query, ct);

    /// <summary>The last lines of one sandbox, oldest first.</summary>
    public async Task<IReadOnlyList<string>> LastLinesAsync(string app, string sandbox, int count, CancellationToken ct)
    {
        var lines = new List<string>();
        await foreach (var record in ReadAsync(app, new LogQuery { Sandbox = sandbox, Lines = count }, ct))
            lines.Add(record.Text);
        return lines;
    }

    internal AppLog Of(string app) => _apps.GetOrAdd(app, name => new AppLog(Folder(name), options, time));

    internal Dictionary<(string Sandbox, string Service), DateTimeOffset> LastTimes(string app) => Of(app).LastTimes();

    /// <summary>Applies the limits of age and size to every app, also to those that nothing was written of since the start.</summary>
    public void Prune()
    {
        if (!Directory.Exists(options.LogsFolder))
            return;
        foreach (var folder in Directory.EnumerateDirectories(options.LogsFolder))
            Of(Path.GetFileName(folder)).Prune();
    }

    /// <summary>Removes an app's lines.</summary>
    public void Delete(string app)
    {
        if (_apps.TryRemove(app, out var log))
            log.Dispose();
        var folder = Folder(app);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    public void Dispose()
    {
        foreach (var log in _apps.Values)
            log.Dispose();
    }

    private string Folder(string app) => Path.Combine(options.LogsFolder, app);
}
