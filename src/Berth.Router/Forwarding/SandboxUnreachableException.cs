namespace Berth.Router.Forwarding;

/// <summary>No connection to a sandbox could be made, so nothing of any request has reached it.</summary>
public sealed class SandboxUnreachableException(string message, Exception inner) : IOException(message, inner);
