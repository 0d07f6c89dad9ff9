using System.Diagnostics;
using System.Globalization;
using Berth.Control;
using Berth.Control.Logs;
using Berth.Control.Secrets;

// The log store by itself: lines a second into it, and searches over what is in it then. One argument: how many MB.
const int Batch = 2000;
const int Megabyte = 1 << 20;
const int LineBytes = 110;

var megabytes = int.Parse(args[0], CultureInfo.InvariantCulture);
var folder = Directory.CreateTempSubdirectory("berth-logs-");
try
{
    var options = new ControlOptions { StateFolder = folder.FullName, LogBytesPerApp = long.MaxValue };
    using var logs = new LogStore(options, Redaction.None, TimeProvider.System);
    Write(logs);
    using var read = new LogStore(options, Redaction.None, TimeProvider.System);
    var bytes = Directory.GetFiles(options.LogsFolder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
    Console.WriteLine($"\n| search of {bytes / Megabyte} MB | found | time | MB/s |\n|---|---|---|---|");
    foreach (var filter in (string[])["needle", "NEEDLE -9000000", "\"took 17 ms\"", "/needle [0-9]+/", "nowhere"])
        await SearchAsync(read, filter, bytes);
}
finally
{
    folder.Delete(recursive: true);
}

void Write(LogStore logs)
{
    var lines = (long)megabytes * Megabyte / LineBytes;
    var (began, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
    var batch = new List<LogRecord>(Batch);
    for (long number = 0; number < lines; number++)
    {
        var word = number % 1_000_000 == 7 ? "needle" : "request";
        batch.Add(new(DateTimeOffset.UnixEpoch.AddTicks(17_000_000_000_000_000 + number), 'S', "web", "demo-web-CVok1wptmHEsJ6DmTRy7g", $"{word} {number} of /index.html took {number % 1000} ms, status 200"));
        if (batch.Count < Batch)
            continue;
        logs.Append("demo", batch);
        batch.Clear();
    }
    logs.Append("demo", batch);
    var took = Stopwatch.GetElapsedTime(began);
    Console.WriteLine($"| lines into the store | lines/s | CPU a line |\n|---|---|---|\n| {lines:N0} | {lines / took.TotalSeconds:N0} | {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / lines:0.00} µs |");
}

static async Task SearchAsync(LogStore logs, string text, long bytes)
{
    if (!LogFilter.TryParse(text, out var filter, out var problem))
        throw new ArgumentException(problem);
    var (began, found) = (Stopwatch.GetTimestamp(), 0L);
    await foreach (var _ in logs.ReadAsync("demo", new LogQuery { Filter = filter }, CancellationToken.None))
        found++;
    var took = Stopwatch.GetElapsedTime(began);
    Console.WriteLine($"| `{text}` | {found:N0} | {took.TotalSeconds:0.00} s | {bytes / took.TotalSeconds / Megabyte:N0} |");
}
