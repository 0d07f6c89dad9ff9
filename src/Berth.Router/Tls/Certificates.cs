using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Model;

namespace Berth.Router.Tls;

/// <summary>
/// The certificates by which the router answers with TLS, by the name that a client asks for. A change holds for new connections only; those that are open keep what they were
/// begun with. One thread changes, many read.
/// </summary>
public sealed class Certificates(ILogger log)
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private volatile FrozenDictionary<string, Loaded> _byHost = FrozenDictionary<string, Loaded>.Empty;

    /// <summary>Reads those that are new or differ. One that cannot be read is reported; the one before it stays.</summary>
    public void Apply(IReadOnlyList<RoutedCertificate> certificates)
    {
        var before = _byHost;
        var next = new Dictionary<string, Loaded>(StringComparer.Ordinal);
        foreach (var certificate in certificates)
        {
            var known = before.GetValueOrDefault(certificate.Host);
            if ((known?.Stamp == certificate.Stamp ? known : Read(certificate) ?? known) is { } loaded)
                next[certificate.Host] = loaded;
        }
        _byHost = next.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>How to answer who asks for a host: by its certificate, or one for <c>*</c> in place of its first label. Null: there is none.</summary>
    public SslServerAuthenticationOptions? Find(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        if (_byHost.TryGetValue(name, out var exact))
            return exact.Options;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byHost.TryGetValue("*" + name[dot..], out var wild) ? wild.Options : null;
    }

    private Loaded? Read(RoutedCertificate certificate)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate.File);
            var leaf = X509Certificate2.CreateFromPemFile(certificate.File);
            chain.RemoveAt(0);
            return new Loaded(certificate.Stamp, new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
                ApplicationProtocols = Protocols,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            log.WentWrong(RouterMessages.CertificateUnreadable(certificate.Host, certificate.File, e.Message));
            return null;
        }
    }

    private sealed record Loaded(string Stamp, SslServerAuthenticationOptions Options);
}
