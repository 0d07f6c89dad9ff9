using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Router.Tests.Servers;

/// <summary>
/// An authority of certificates that holds to RFC 8555: each request is a JWS that is verified, with a nonce that is good once; orders and authorizations go through their states; a challenge is really
/// fetched, by <paramref name="visitor"/>. What is wrong is answered with a problem, as real ones do.
/// </summary>
public sealed class AcmeServer(HttpClient visitor) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _nonces = new();
    private readonly Dictionary<string, ECDsa> _accounts = [];
    private readonly Dictionary<string, Order> _orders = [];
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication? _app;
    private X509Certificate2? _root;

    public Uri Directory => new(Base + "/directory");

    public int Accounts => _accounts.Count;

    public int Orders => _orders.Count;

    /// <summary>So many of the next requests find their nonce too old.</summary>
    public int BadNonces { get; set; }

    /// <summary>The next order is one too many.</summary>
    public TimeSpan? RateLimit { get; set; }

    private string Base => _app!.Urls.First();

    public async Task StartAsync(DateTimeOffset now)
    {
        var authority = new CertificateRequest("CN=Test authority", _key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = authority.CreateSelfSigned(now.AddYears(-1), now.AddYears(10));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context => HandleAsync(context, now));
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        _key.Dispose();
        _root!.Dispose();
    }

    private async Task HandleAsync(HttpContext context, DateTimeOffset now)
    {
        var path = context.Request.Path.Value!;
        var nonce = RandomNumberGenerator.GetHexString(32);
        _nonces[nonce] = true;
        context.Response.Headers["Replay-Nonce"] = nonce;
        if (path == "/directory")
            await AnswerAsync(context, 200, new JsonObject { ["newNonce"] = Base + "/nonce", ["newAccount"] = Base + "/account", ["newOrder"] = Base + "/order" });
        else if (path == "/nonce" && HttpMethods.IsHead(context.Request.Method))
            context.Response.StatusCode = 200;
        else if (await VerifyAsync(context) is var (payload, account))
            await ServeAsync(context, path, payload, account, now);
    }

    /// <summary>The payload and the account's address; null: the request was refused.</summary>
    private async Task<(JsonNode? Payload, string Account)?> VerifyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var jws = JsonNode.Parse(await reader.ReadToEndAsync())!;
        var (head, payload) = ((string)jws["protected"]!, (string)jws["payload"]!);
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(head))!;
        if (context.Request.ContentType != "application/jose+json" || (string)header["alg"]! != "ES256" || (string)header["url"]! != Base + context.Request.Path)
            return await RefuseAsync(context, 400, "malformed", "the request is no JWS for this address");
        if (!_nonces.TryRemove((string)header["nonce"]!, out _) || BadNonces-- > 0)
            return await RefuseAsync(context, 400, "badNonce", "the nonce is not known");
        var isNew = context.Request.Path == "/account";
        if (isNew == header["jwk"] is null || isNew == header["kid"] is not null)
            return await RefuseAsync(context, 400, "malformed", "jwk belongs to newAccount, kid to all others");
        ECDsa? key;
        string account;
        if (header["jwk"] is { } jwk)
        {
            account = $"{Base}/account/{Thumbprint(jwk)}";
            key = _accounts.TryGetValue(account, out var known) ? known : ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64Url.DecodeFromChars((string)jwk["x"]!), Y = Base64Url.DecodeFromChars((string)jwk["y"]!) },
            });
            _accounts[account] = key;
        }
        else if (!_accounts.TryGetValue(account = (string)header["kid"]!, out key))
            return await RefuseAsync(context, 400, "accountDoesNotExist", "there is no such account");
        return key.VerifyData(Encoding.ASCII.GetBytes($"{head}.{payload}"), Base64Url.DecodeFromChars((string)jws["signature"]!), HashAlgorithmName.SHA256)
            ? (payload.Length == 0 ? null : JsonNode.Parse(Base64Url.DecodeFromChars(payload)), account)
            : await RefuseAsync(context, 403, "unauthorized", "the signature is wrong");
    }

    private async Task ServeAsync(HttpContext context, string path, JsonNode? payload, string account, DateTimeOffset now)
    {
        if (path == "/account" && payload is not null)
        {
            context.Response.Headers.Location = account;
            await AnswerAsync(context, (bool?)payload["termsOfServiceAgreed"] == true ? 201 : 403, new JsonObject { ["status"] = "valid" });
            return;
        }
        if (path == "/order" && payload is not null)
        {
            await NewOrderAsync(context, payload, account);
            return;
        }
        var parts = path.Split('/');
        if (!_orders.TryGetValue(parts[^1], out var order) || order.Account != account)
        {
            await RefuseAsync(context, 404, "malformed", "there is nothing here");
            return;
        }
        switch (parts[1])
        {
            case "order" when payload is null:
                // So that nobody has to wait.
                context.Response.Headers.RetryAfter = "0";
                await AnswerAsync(context, 200, OrderJson(order));
                // So that who asks sees the time between.
                order.Status = order.Status == "processing" ? "valid" : order.Status;
                break;
            case "authorization" when payload is null:
                context.Response.Headers.RetryAfter = "0";
                await AnswerAsync(context, 200, AuthorizationJson(order));
                order.Authorization = order.Next ?? order.Authorization;
                break;
            case "challenge" when payload is JsonObject { Count: 0 }:
                await ValidateAsync(order);
                await AnswerAsync(context, 200, ChallengeJson(order));
                break;
            case "finalize" when order.Status == "ready" && payload is not null:
                await FinalizeAsync(context, order, Base64Url.DecodeFromChars((string)payload["csr"]!), now);
                break;
            case "certificate" when order.Status == "valid" && payload is null:
                context.Response.ContentType = "application/pem-certificate-chain";
                await context.Response.WriteAsync(order.Certificate!);
                break;
            default:
                await RefuseAsync(context, 403, "orderNotReady", $"the order is {order.Status}");
                break;
        }
    }

    private async Task NewOrderAsync(HttpContext context, JsonNode payload, string account)
    {
        if (RateLimit is { } limit)
        {
            RateLimit = null;
            context.Response.Headers.RetryAfter = limit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(context, 429, "rateLimited", "too many orders");
            return;
        }
        var order = new Order(_orders.Count.ToString(CultureInfo.InvariantCulture), account, (string)payload["identifiers"]![0]!["value"]!, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        _orders[order.Id] = order;
        context.Response.Headers.Location = $"{Base}/order/{order.Id}";
        await AnswerAsync(context, 201, OrderJson(order));
    }

    private async Task ValidateAsync(Order order)
    {
        var expected = $"{order.Token}.{order.Account.Split('/')[^1]}";
        string? got = null;
        try
        {
            got = await visitor.GetStringAsync($"http://{order.Host}/.well-known/acme-challenge/{order.Token}");
        }
        catch (HttpRequestException)
        {
            // Then it has not got it.
        }
        (order.Next, order.Status) = got == expected ? ("valid", "ready") : ("invalid", "invalid");
    }

    private async Task FinalizeAsync(HttpContext context, Order order, byte[] csr, DateTimeOffset now)
    {
        var request = CertificateRequest.LoadSigningRequest(csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        if (!new X509SubjectAlternativeNameExtension(request.CertificateExtensions.Single(extension => extension.Oid!.Value == "2.5.29.17").RawData).EnumerateDnsNames().SequenceEqual([order.Host]))
        {
            await RefuseAsync(context, 400, "badCSR", "the request is for other names than the order");
            return;
        }
        using var certificate = request.Create(_root!.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now.AddHours(-1), now.AddDays(90), RandomNumberGenerator.GetBytes(8));
        order.Certificate = certificate.ExportCertificatePem() + "\n" + _root.ExportCertificatePem() + "\n";
        order.Status = "processing";
        await AnswerAsync(context, 200, OrderJson(order));
    }

    private JsonObject OrderJson(Order order)
    {
        var json = new JsonObject { ["status"] = order.Status, ["authorizations"] = new JsonArray($"{Base}/authorization/{order.Id}"), ["finalize"] = $"{Base}/finalize/{order.Id}" };
        if (order.Status == "valid")
            json["certificate"] = $"{Base}/certificate/{order.Id}";
        return json;
    }

    private JsonObject AuthorizationJson(Order order) => new() { ["status"] = order.Authorization, ["challenges"] = new JsonArray(new JsonObject { ["type"] = "dns-01", ["token"] = "x", ["url"] = "x" }, ChallengeJson(order)) };

    private JsonObject ChallengeJson(Order order)
    {
        var json = new JsonObject { ["type"] = "http-01", ["status"] = order.Authorization, ["token"] = order.Token, ["url"] = $"{Base}/challenge/{order.Id}" };
        if (order.Authorization == "invalid")
            json["error"] = new JsonObject { ["detail"] = "the challenge was not answered as it should be" };
        return json;
    }

    private static string Thumbprint(JsonNode jwk) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"{{(string)jwk["crv"]!}}","kty":"{{(string)jwk["kty"]!}}","x":"{{(string)jwk["x"]!}}","y":"{{(string)jwk["y"]!}}"}""")));

    private static Task AnswerAsync(HttpContext context, int status, JsonObject json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json.ToJsonString());
    }

    private static async Task<(JsonNode?, string)?> RefuseAsync(HttpContext context, int status, string type, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        await context.Response.WriteAsync(new JsonObject { ["type"] = "urn:ietf:params:acme:error:" + type, ["detail"] = detail }.ToJsonString());
        return null;
    }

    private sealed record Order(string Id, string Account, string Host, string Token)
    {
        public string Status { get; set; } = "pending";

        public string Authorization { get; set; } = "pending";

        /// <summary>What the authorization becomes after it was looked at once more; null: it stays.</summary>
        public string? Next { get; set; }

        public string? Certificate { get; set; }
    }
}
