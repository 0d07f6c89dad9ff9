using System.Globalization;
using System.Text;

namespace Berth.Router.Hosting;

/// <summary>
/// <c>router.log</c>: a line an event, bounded in size by one older file (<c>router.log.1</c>). The router outlives whoever started it, so
/// stdout and stderr lead nowhere. Thread-safe.
/// </summary>
public sealed class LogFile(string path, long maxBytes, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly BoundedFile _file = new(path, maxBytes);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        lock (_lock)
            _file.Dispose();
    }

    private void Write(string line)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes($"{now} {line}\n");
        lock (_lock)
            _file.Write(bytes);
    }

    private sealed class Logger(LogFile file, string category) : ILogger
    {
        private readonly bool _own = category.StartsWith("Berth.", StringComparison.Ordinal);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        /// <summary>Of the framework's categories only what is wrong with the router; what is wrong with a request is the router's own to tell.</summary>
        public bool IsEnabled(LogLevel logLevel) => logLevel >= (_own ? LogLevel.Information : LogLevel.Error);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var text = formatter(state, exception) + (exception is null ? "" : " | " + exception);
            // One event is one line, whatever a sandbox or client put into it.
            text = text.ReplaceLineEndings(" | ");
            file.Write($"{logLevel.ToString().ToLowerInvariant()} {text}");
        }
    }
}
