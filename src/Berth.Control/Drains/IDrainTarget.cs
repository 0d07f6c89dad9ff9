using Berth.Control.Logs;

namespace Berth.Control.Drains;

/// <summary>Takes lines to one receiver. Used by one caller at a time.</summary>
internal interface IDrainTarget : IAsyncDisposable
{
    /// <summary>Returns when the lines were given away. Whatever it throws means that they were not, or not all.</summary>
    Task SendAsync(string app, IReadOnlyList<LogRecord> lines, CancellationToken ct);
}

/// <summary>The receiver answered, and said no.</summary>
internal sealed class DrainRefusedException(string message) : Exception(message);
