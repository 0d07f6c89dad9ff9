namespace Berth.Router;

/// <summary>Why a router could not start.</summary>
public enum RouterStartError
{
    AddressTaken,
    AlreadyRunning,
    BadSocketPath,
}

/// <summary>The router could not start; the message says what to do.</summary>
public sealed class RouterStartException(RouterStartError error, string message) : Exception(message)
{
    public RouterStartError Error { get; } = error;
}
