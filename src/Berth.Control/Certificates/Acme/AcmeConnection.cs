using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Control.Certificates.Acme;

/// <summary>What an authority answered.</summary>
/// <param name="Location">Of what was made; null: nothing was.</param>
/// <param name="RetryAfter">When to ask again; null: it did not say.</param>
public sealed record AcmeAnswer(string Text, string? Location, TimeSpan? RetryAfter)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new AcmeException("the authority answered with nothing");
}

/// <summary>Signed requests to one authority of certificates (RFC 8555, 6): nonces, the account, and what is wrong. Used by one task at a time.</summary>
public sealed class AcmeConnection(HttpClient http, Uri directory, AcmeAccountKey key, TimeProvider time)
{
    private const string BadNonce = "urn:ietf:params:acme:error:badNonce";
    private const int NonceTries = 8;

    private JsonNode? _directory;
    private string? _nonce;
    private string? _account;

    /// <summary>The address of one of the authority's services: <c>newOrder</c>.</summary>
    public async Task<string> ServiceAsync(string name, CancellationToken ct)
    {
        if (_directory is null)
        {
            using var response = await http.GetAsync(directory, ct);
            _directory = (await ReadAsync(response, ct)).Json;
        }
        return (string?)_directory[name] ?? throw new AcmeException($"the authority at {directory} offers no {name}");
    }

    /// <summary>Sends JSON, or with an empty payload asks, as this account, which is made if there is none.</summary>
    public async Task<AcmeAnswer> PostAsync(string url, string payload, CancellationToken ct)
    {
        _account ??= (await SendAsync(await ServiceAsync("newAccount", ct), """{"termsOfServiceAgreed":true}""", account: null, ct)).Location
            ?? throw new AcmeException("the authority made no account");
        return await SendAsync(url, payload, _account, ct);
    }

    private async Task<AcmeAnswer> SendAsync(string url, string payload, string? account, CancellationToken ct)
    {
        for (int i = 1; ; i++)
        {
            var nonce = _nonce ?? await NewNonceAsync(ct);
            _nonce = null;
            using var content = new StringContent(key.Sign(url, nonce, account, payload), Encoding.ASCII, MediaTypeHeaderValue.Parse("application/jose+json"));
            using var response = await http.PostAsync(url, content, ct);
            TakeNonce(response);
            // A nonce may have become too old on the way: the answer brings another.
            if (i < NonceTries && !response.IsSuccessStatusCode && Member(await response.Content.ReadAsStringAsync(ct), "type") == BadNonce)
                continue;
            return await ReadAsync(response, ct);
        }
    }

    private async Task<string> NewNonceAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, await ServiceAsync("newNonce", ct));
        using var response = await http.SendAsync(request, ct);
        TakeNonce(response);
        return _nonce ?? throw new AcmeException("the authority gave no nonce");
    }

    private void TakeNonce(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("Replay-Nonce", out var nonces))
            _nonce = nonces.First();
    }

    private async Task<AcmeAnswer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var retryAfter = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - time.GetUtcNow()) : null;
        var text = await response.Content.ReadAsStringAsync(ct);
        if (response.IsSuccessStatusCode)
            return new AcmeAnswer(text, response.Headers.Location?.ToString(), retryAfter);
        throw new AcmeException(Member(text, "detail") is { } detail ? $"the authority refused: {detail}" : string.Create(CultureInfo.InvariantCulture, $"the authority answered {(int)response.StatusCode}"), retryAfter);
    }

    private static string? Member(string text, string name)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject problem ? (string?)problem[name] : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
