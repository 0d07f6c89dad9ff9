using Berth.Control.Certificates;
using Berth.Control.Routing;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Certificates that people give. Each change is in force in the router when the call returns, for new connections.</summary>
public sealed class CertificateOperations(CertificateFiles files, RoutePublisher publisher, TimeProvider time)
{
    public IReadOnlyList<CertificateFile> List() => files.List();

    /// <summary>Takes the place of the one that the host has.</summary>
    public async Task<Outcome<CertificateFile>> PutAsync(string text, string certificate, string key, CancellationToken ct)
    {
        if (RouteAddress.TryParse(text) is not { Path: null, Host: var host })
            return OperationErrors.BadCertificateHost(text);
        var checkedOne = CheckedCertificate.Of(host, certificate, key, time.GetUtcNow());
        if (checkedOne.Error is { } error)
            return error;
        files.Put(host, checkedOne.Value);
        await ChangedAsync(ct);
        return files.List().First(c => c.Host == host);
    }

    public async Task<Outcome<string>> RemoveAsync(string text, CancellationToken ct)
    {
        if (RouteAddress.TryParse(text) is not { Host: var host } || !files.Remove(host))
            return OperationErrors.CertificateNotFound(text);
        await ChangedAsync(ct);
        return host;
    }

    private Task ChangedAsync(CancellationToken ct)
    {
        publisher.HostsChanged();
        return publisher.PublishAsync(ct);
    }
}
