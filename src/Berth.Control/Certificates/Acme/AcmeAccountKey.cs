using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Control.Certificates.Acme;

/// <summary>The key by which an authority of certificates knows this Berth (RFC 8555): ES256, in a file that is its owner's only, made when it is first asked for.</summary>
public sealed class AcmeAccountKey : IDisposable
{
    private readonly ECDsa _key;

    private AcmeAccountKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        Jwk = new JsonObject { ["crv"] = "P-256", ["kty"] = "EC", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        // RFC 7638: these members in this order, without blanks.
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Jwk.ToJsonString())));
    }

    public JsonObject Jwk { get; }

    /// <summary>What stands after the token in the answer to a challenge.</summary>
    public string Thumbprint { get; }

    public static AcmeAccountKey Open(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
            return new AcmeAccountKey(key);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            file.Flush(flushToDisk: true);
        }
        return new AcmeAccountKey(key);
    }

    /// <summary>A request's body: a flattened JWS (RFC 7515).</summary>
    /// <param name="account">The account's address; null: it has none yet, and the key stands for it.</param>
    /// <param name="payload">JSON; empty: the request only asks.</param>
    public string Sign(string url, string nonce, string? account, string payload)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["nonce"] = nonce, ["url"] = url };
        if (account is null)
            header["jwk"] = Jwk.DeepClone();
        else
            header["kid"] = account;
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()));
        var body = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new JsonObject { ["protected"] = head, ["payload"] = body, ["signature"] = Base64Url.EncodeToString(signature) }.ToJsonString();
    }

    public void Dispose() => _key.Dispose();
}
