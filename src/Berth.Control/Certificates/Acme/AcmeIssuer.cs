using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Berth.Model;

namespace Berth.Control.Certificates.Acme;

/// <summary>
/// Gets a certificate for one host from an authority (RFC 8555) by an HTTP-01 challenge, in numbered steps. Before the authority is asked, it is tried whether the host leads here: failures
/// there are few and dear. Throws <see cref="AcmeException"/>, and <see cref="HttpRequestException"/> where nobody answers.
/// </summary>
public sealed class AcmeIssuer(HttpClient http, Uri directory, string keyFile, IChallengeBoard board, TimeProvider time) : IDisposable
{
    public const string ChallengePath = "/.well-known/acme-challenge/";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>How often an order or an authorization is looked at before it is given up. With the pauses about two minutes.</summary>
    private const int Looks = 60;

    // Not before the first certificate: most have none by ACME.
    private AcmeAccountKey? _key;
    private AcmeConnection? _authority;

    /// <returns>The certificate with those that vouch for it, and its key, in PEM.</returns>
    public async Task<(string Certificate, string Key)> IssueAsync(string host, CancellationToken ct)
    {
        // 1. Does the host lead here?
        await CheckAsync(host, ct);
        // 2. An order, and what it asks to be shown.
        _key ??= AcmeAccountKey.Open(keyFile);
        _authority ??= new AcmeConnection(http, directory, _key, time);
        var made = await _authority.PostAsync(await _authority.ServiceAsync("newOrder", ct), new JsonObject { ["identifiers"] = new JsonArray(new JsonObject { ["type"] = "dns", ["value"] = host }) }.ToJsonString(), ct);
        var order = made.Location ?? throw new AcmeException("the authority gave the order no address");
        foreach (var authorization in made.Json["authorizations"]?.AsArray() ?? [])
            await AuthorizeAsync(host, (string?)authorization ?? "", ct);
        // 3. A key of its own, and the request for it.
        using var certificateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ready = await UntilAsync(order, json => Status(json) is "ready" or "valid", ct);
        await _authority.PostAsync(Member(ready, "finalize"), new JsonObject { ["csr"] = Base64Url.EncodeToString(SigningRequest(host, certificateKey)) }.ToJsonString(), ct);
        // 4. The certificate.
        var valid = await UntilAsync(order, json => Status(json) == "valid", ct);
        var certificate = await _authority.PostAsync(Member(valid, "certificate"), "", ct);
        return (certificate.Text, certificateKey.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        _key?.Dispose();
        http.Dispose();
    }

    private async Task CheckAsync(string host, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var challenge = new RoutedChallenge(host, token, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)));
        await board.ShowAsync(challenge, ct);
        try
        {
            using var response = await http.GetAsync(new Uri($"http://{host}{ChallengePath}{token}"), ct);
            if ((await response.Content.ReadAsStringAsync(ct)).Trim() != challenge.Answer)
                throw new AcmeException($"http://{host} does not lead to this router on port 80 (another server answered); point its DNS here first");
        }
        catch (HttpRequestException e)
        {
            throw new AcmeException($"http://{host} does not lead to this router on port 80 ({e.Message}); point its DNS here first");
        }
        finally
        {
            await board.TakeDownAsync(challenge);
        }
    }

    private async Task AuthorizeAsync(string host, string authorization, CancellationToken ct)
    {
        var asked = (await _authority!.PostAsync(authorization, "", ct)).Json;
        if (Status(asked) == "valid")
            return;
        var offered = asked["challenges"]?.AsArray().FirstOrDefault(c => (string?)c?["type"] == "http-01") ?? throw new AcmeException($"the authority offers no HTTP-01 challenge for {host}");
        var token = Member(offered, "token");
        var challenge = new RoutedChallenge(host, token, $"{token}.{_key!.Thumbprint}");
        await board.ShowAsync(challenge, ct);
        try
        {
            await _authority.PostAsync(Member(offered, "url"), "{}", ct);
            await UntilAsync(authorization, json => Status(json) == "valid", ct);
        }
        finally
        {
            await board.TakeDownAsync(challenge);
        }
    }

    /// <summary>Looks again and again until it is as wanted; gives up when it has become invalid.</summary>
    private async Task<JsonNode> UntilAsync(string url, Func<JsonNode, bool> wanted, CancellationToken ct)
    {
        for (int i = 0; i < Looks; i++)
        {
            var answer = await _authority!.PostAsync(url, "", ct);
            var json = answer.Json;
            if (wanted(json))
                return json;
            if (Status(json) is not ("pending" or "processing" or "ready"))
                throw new AcmeException($"the authority refused: {Reason(json) ?? "it is " + Status(json)}");
            var pause = answer.RetryAfter ?? Pause;
            await Task.Delay(pause < TimeSpan.Zero ? Pause : pause < LongestPause ? pause : LongestPause, time, ct);
        }
        throw new AcmeException("the authority did not come to an end");
    }

    private static string Member(JsonNode json, string name) => (string?)json[name] ?? throw new AcmeException($"the authority's answer has no {name}");

    private static string? Status(JsonNode json) => (string?)json["status"];

    private static string? Reason(JsonNode json) =>
        (string?)(json["error"]?["detail"] ?? json["challenges"]?.AsArray().Select(c => c?["error"]?["detail"]).FirstOrDefault(d => d is not null));

    private static byte[] SigningRequest(string host, ECDsa key)
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }
}
