namespace Berth.Contracts;

/// <summary>No server answered, or the connection broke before the answer was complete.</summary>
public sealed class BerthUnreachableException(string message, Exception? inner) : Exception(message, inner);
