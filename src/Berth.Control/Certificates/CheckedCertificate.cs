using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Control.Operations;

namespace Berth.Control.Certificates;

/// <summary>A certificate that fits its key and the host that it is for.</summary>
/// <param name="Pem">The certificate, those that vouch for it, and the key.</param>
public sealed record CheckedCertificate(string Pem)
{
    /// <param name="certificates">PEM; the host's own first.</param>
    /// <param name="key">PEM, without a password.</param>
    public static Outcome<CheckedCertificate> Of(string host, string certificates, string key, DateTimeOffset now)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            return OperationErrors.EncryptedKey(host);
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificates);
            if (chain.Count == 0)
                return OperationErrors.BadCertificate(host, "there is none in the file");
            using var leaf = X509Certificate2.CreateFromPem(certificates, key);
            if (!leaf.MatchesHostname(host.StartsWith('*') ? "any" + host[1..] : host, allowWildcards: true, allowCommonName: false))
                return OperationErrors.CertificateForOthers(host);
            if (leaf.NotAfter <= now)
                return OperationErrors.CertificateExpired(host, leaf.NotAfter);
            return new CheckedCertificate(string.Join('\n', chain.Select(c => c.ExportCertificatePem())) + "\n" + key.Trim() + "\n");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return OperationErrors.BadCertificate(host, e.Message);
        }
    }
}
