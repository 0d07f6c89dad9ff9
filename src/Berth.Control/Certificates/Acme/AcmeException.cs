namespace Berth.Control.Certificates.Acme;

/// <summary>No certificate was had this time. The message says why, in the authority's words where it gave some.</summary>
/// <param name="retryAfter">The authority wants to be left alone for so long; null: it did not say.</param>
public sealed class AcmeException(string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public TimeSpan? RetryAfter => retryAfter;
}
