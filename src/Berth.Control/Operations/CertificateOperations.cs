using Berth.Control.Certificates;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>Certificates that people give, and hosts that get theirs by themselves. Each change is in force in the router when the call returns, for new connections.</summary>
public sealed class CertificateOperations(CertificateFiles files, AutomaticStore automatic, RoutePublisher publisher, TimeProvider time)
{
    public IReadOnlyList<CertificateFile> List() => files.List();

    /// <summary>Hosts whose certificates are had by ACME.</summary>
    public IReadOnlyList<AutomaticHost> ListAutomatic() => automatic.List();

    /// <summary>From now on the host's certificates are had by ACME; the first within a minute or so.</summary>
    public Outcome<string> Automate(string text)
    {
        if (RouteAddress.TryParse(text) is not { Path: null, Host: var host } || host.StartsWith('*') || !host.Contains('.', StringComparison.Ordinal))
            return OperationErrors.NotAutomatic(text);
        automatic.Add(host);
        return host;
    }

    /// <summary>The certificate that the host has stays until it is removed.</summary>
    public Outcome<string> StopAutomation(string text) =>
        RouteAddress.TryParse(text) is { Host: var host } && automatic.Remove(host) ? host : OperationErrors.CertificateNotFound(text);

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
        if (RouteAddress.TryParse(text) is not { Host: var host } || !(files.Remove(host) | automatic.Remove(host)))
            return OperationErrors.CertificateNotFound(text);
        await ChangedAsync(ct);
        return host;
    }

    /// <summary>Tells the router.</summary>
    public Task ChangedAsync(CancellationToken ct)
    {
        publisher.HostsChanged();
        return publisher.PublishAsync(ct);
    }
}
