using System.Text.Json;
using Berth.Control.Store;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Certificates.Acme;

/// <summary>
/// Gets certificates for the hosts that people asked to have them for, and newer ones when a third of their life is left. What fails is tried again ever later, over restarts too, so that no authority is
/// asked more often than it likes. Run by one loop; one host at a time.
/// </summary>
/// <param name="issue">Gets certificate and key, in PEM, for a host.</param>
/// <param name="isRouted">Whether a route leads the host anywhere.</param>
/// <param name="changed">Called after a certificate has been kept.</param>
public sealed partial class AutomaticCertificates(
    AutomaticStore store, CertificateFiles files, Func<string, CancellationToken, Task<(string Certificate, string Key)>> issue, Func<string, bool> isRouted, Func<CancellationToken, Task> changed,
    Random random, TimeProvider time, ILogger<AutomaticCertificates> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>One try takes no longer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Tries those that are due.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var kept = files.List().ToDictionary(file => file.Host, StringComparer.Ordinal);
        foreach (var host in store.List())
        {
            if (host.NextTryAt <= time.GetUtcNow() && IsDue(kept.GetValueOrDefault(host.Host)))
                await TryAsync(host, ct);
        }
    }

    private bool IsDue(CertificateFile? file) => file is null || time.GetUtcNow() >= file.NotAfter - (file.NotAfter - file.NotBefore) / 3;

    private async Task TryAsync(AutomaticHost host, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            if (!isRouted(host.Host))
                throw new AcmeException($"no route leads {host.Host} to an app; add one by `berth route add`");
            var (certificate, key) = await issue(host.Host, either.Token);
            var checkedOne = CheckedCertificate.Of(host.Host, certificate, key, time.GetUtcNow());
            if (checkedOne.Error is { } error)
                throw new AcmeException(error.Message);
            files.Put(host.Host, checkedOne.Value);
            store.Put(new AutomaticHost(host.Host, 0, time.GetUtcNow(), null));
            LogIssued(host.Host);
            await changed(ct);
        }
        catch (Exception e) when (e is AcmeException or HttpRequestException or IOException or JsonException or InvalidOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var problem = e is OperationCanceledException ? $"it took longer than {Limit.TotalMinutes:0} minutes" : e.Message;
            var next = host.Failed(problem, (e as AcmeException)?.RetryAfter, time.GetUtcNow(), random.NextDouble(), FirstPause, LongestPause);
            store.Put(next);
            LogFailed(host.Host, problem, next.NextTryAt);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Host} has a new certificate")]
    private partial void LogIssued(string host);

    [LoggerMessage(LogLevel.Warning, "No certificate for {Host}: {Problem}; the next try is at {Next}")]
    private partial void LogFailed(string host, string problem, DateTimeOffset next);
}
