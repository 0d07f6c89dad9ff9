using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Model;

namespace Berth.Router.Tests.Servers;

/// <summary>A certificate for one name that vouches for itself, in a file as the router reads it.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-cert-");

    public TestCertificate(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Thumbprint = certificate.Thumbprint;
        var file = Path.Combine(_folder.FullName, "host.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        Routed = new RoutedCertificate(host, file, Thumbprint);
    }

    public string Thumbprint { get; }

    public RoutedCertificate Routed { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
