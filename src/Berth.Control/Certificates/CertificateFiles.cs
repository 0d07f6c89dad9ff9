using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Certificates;

/// <summary>A certificate as it is kept, without its key.</summary>
/// <param name="Host">The host that it is used for; <c>*.example.com</c> for one label.</param>
/// <param name="File">Holds the key too, and is its owner's only.</param>
/// <param name="Stamp">The thumbprint.</param>
/// <param name="Issuer">Who vouches for it.</param>
public sealed record CertificateFile(string Host, string File, string Stamp, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter);

/// <summary>
/// Certificates with their private keys: a file each in a folder of their own, replaced whole, so that certificate and key always belong together. The router reads them by itself. Thread-safe.
/// </summary>
public sealed partial class CertificateFiles(ControlOptions options, ILogger<CertificateFiles> log)
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // No host begins so.
    private const string Wild = "+";

    private readonly Lock _lock = new();
    private Dictionary<string, CertificateFile>? _known;

    /// <summary>By host.</summary>
    public IReadOnlyList<CertificateFile> List()
    {
        lock (_lock)
            return [.. Known_NeedsLock().Values.OrderBy(c => c.Host, StringComparer.Ordinal)];
    }

    public void Put(string host, CheckedCertificate certificate)
    {
        Directory.CreateDirectory(options.CertificatesFolder, OwnersOnly | UnixFileMode.UserExecute);
        var path = PathOf(host);
        var temporary = path + ".new";
        lock (_lock)
        {
            File.Delete(temporary);
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnersOnly }))
            {
                file.Write(Encoding.ASCII.GetBytes(certificate.Pem));
                file.Flush(flushToDisk: true);
            }
            var known = Known_NeedsLock();
            File.Move(temporary, path, overwrite: true);
            known[host] = Read(host, path);
        }
    }

    /// <summary>False if there was none.</summary>
    public bool Remove(string host)
    {
        lock (_lock)
        {
            if (!Known_NeedsLock().Remove(host))
                return false;
            File.Delete(PathOf(host));
            return true;
        }
    }

    private Dictionary<string, CertificateFile> Known_NeedsLock()
    {
        if (_known is not null)
            return _known;
        _known = new(StringComparer.Ordinal);
        if (!Directory.Exists(options.CertificatesFolder))
            return _known;
        foreach (var path in Directory.EnumerateFiles(options.CertificatesFolder, "*.pem"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var host = name.StartsWith(Wild, StringComparison.Ordinal) ? "*" + name[1..] : name;
            try
            {
                _known[host] = Read(host, path);
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                LogUnreadable(path, e.Message);
            }
        }
        return _known;
    }

    private string PathOf(string host) => Path.Combine(options.CertificatesFolder, (host.StartsWith('*') ? Wild + host[1..] : host) + ".pem");

    private static CertificateFile Read(string host, string path)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        return new(host, path, certificate.Thumbprint, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true), certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
    }

    [LoggerMessage(LogLevel.Warning, "The certificate {Path} cannot be read and is not used: {Reason}")]
    private partial void LogUnreadable(string path, string reason);
}
