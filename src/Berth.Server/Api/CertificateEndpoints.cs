using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Certificates;

namespace Berth.Server.Api;

/// <summary>Certificates by which the router answers with TLS. Keys go in and never come out.</summary>
internal static class CertificateEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/certificates", List).Needs(Permission.View, Subject.Server).WithSummary("All certificates, without their keys");
        api.MapPut("/certificates/{host}", PutAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Give a host a certificate, or another one").Produces<CertificateInfo>();
        api.MapPut("/certificates/{host}/automatic", Automate).Needs(Permission.Administer, Subject.Server).WithSummary("Have the host's certificates by ACME from now on").Produces(204);
        api.MapDelete("/certificates/{host}/automatic", StopAutomation).Needs(Permission.Administer, Subject.Server).WithSummary("Have them by ACME no more; the one that is there stays").Produces(204);
        api.MapDelete("/certificates/{host}", RemoveAsync).Needs(Permission.Administer, Subject.Server).WithSummary("Remove a host's certificate with its key").Produces(204);
    }

    private static IReadOnlyList<CertificateInfo> List(ControlPlane control)
    {
        var files = control.Certificates.List().ToDictionary(file => file.Host, Info, StringComparer.Ordinal);
        foreach (var host in control.Certificates.ListAutomatic())
        {
            var info = files.GetValueOrDefault(host.Host) ?? new CertificateInfo(host.Host, null, null, null);
            files[host.Host] = info with { Automatic = true, Problem = host.Problem, NextTryAt = host.Problem is null ? null : host.NextTryAt };
        }
        return [.. files.Values.OrderBy(info => info.Host, StringComparer.Ordinal)];
    }

    private static IResult Automate(string host, ControlPlane control) => control.Certificates.Automate(host).Error is { } error ? ProblemResults.From(error) : Results.NoContent();

    private static IResult StopAutomation(string host, ControlPlane control) => control.Certificates.StopAutomation(host).Error is { } error ? ProblemResults.From(error) : Results.NoContent();

    private static async Task<IResult> PutAsync(string host, CertificateRequest request, ControlPlane control, CancellationToken ct)
    {
        var put = await control.Certificates.PutAsync(host, request.Certificate, request.Key, ct);
        return put.Error is { } error ? ProblemResults.From(error) : Results.Ok(Info(put.Value));
    }

    private static async Task<IResult> RemoveAsync(string host, ControlPlane control, CancellationToken ct)
    {
        var removed = await control.Certificates.RemoveAsync(host, ct);
        return removed.Error is { } error ? ProblemResults.From(error) : Results.NoContent();
    }

    private static CertificateInfo Info(CertificateFile file) => new(file.Host, file.Issuer, file.NotBefore, file.NotAfter);
}
