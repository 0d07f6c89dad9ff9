namespace Berth.Contracts;

/// <summary>No server answered, or the connection broke before the answer was complete.</summary>
public sealed class BerthUnreachableException(Uri url, string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>The server's address as it was given.</summary>
    public Uri Url => url;
}
