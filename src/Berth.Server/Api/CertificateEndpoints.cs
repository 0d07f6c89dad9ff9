using Berth.Contracts;
using Berth.Control;
using Berth.Control.Certificates;

namespace Berth.Server.Api;

/// <summary>Certificates by which the router answers with TLS. Keys go in and never come out.</summary>
internal static class CertificateEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/certificates", List).WithSummary("All certificates, without their keys");
        api.MapPut("/certificates/{host}", PutAsync).WithSummary("Give a host a certificate, or another one").Produces<CertificateInfo>();
        api.MapDelete("/certificates/{host}", RemoveAsync).WithSummary("Remove a host's certificate with its key").Produces(204);
    }

    private static IReadOnlyList<CertificateInfo> List(ControlPlane control) => [.. control.Certificates.List().Select(Info)];

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
