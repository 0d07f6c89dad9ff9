using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Control;
using Berth.Control.Store;

namespace Berth.Server.Dashboard;

/// <summary>
/// Signed cookies: <c>TOKEN-ID.END.NONCE.MAC</c>. The cookie names the token and never holds its secret; a revoked token ends all its sessions.
/// The key is kept with the state, so that a restart of berthd signs nobody out. Thread-safe.
/// </summary>
internal sealed class Sessions(ControlPlane control, DashboardOptions options, TimeProvider time)
{
    public const string CookieName = "berth_session";

    private const string KeyName = "dashboard-key";
    private const int KeyBytes = 32;

    private readonly Lazy<byte[]> _key = new(() => LoadKey(control.Stores.State));

    /// <summary>The cookie of a new session; null if no token has this secret.</summary>
    public string? Begin(string secret)
    {
        if (control.Stores.Tokens.Find(secret) is not { } token)
            return null;
        var end = (time.GetUtcNow() + options.SessionLife).ToUnixTimeSeconds();
        var body = string.Create(CultureInfo.InvariantCulture, $"{token.Id}.{end}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");
        return $"{body}.{Mac("session", body)}";
    }

    /// <summary>Null for a cookie that is forged, too old, or of a token that was revoked.</summary>
    public Session? Find(string? cookie)
    {
        if (cookie?.Split('.') is not [var id, var end, var nonce, var mac]
            || !IsSame(mac, Mac("session", $"{id}.{end}.{nonce}"))
            || !long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || time.GetUtcNow().ToUnixTimeSeconds() >= seconds)
            return null;
        return control.Stores.Tokens.List().FirstOrDefault(t => t.Id == id) is { } token ? new(token, Mac("form", cookie)) : null;
    }

    public static bool IsSame(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    /// <param name="purpose">Keeps a MAC made for one purpose from being used for another.</param>
    private string Mac(string purpose, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{purpose}\n{text}")));

    private static byte[] LoadKey(StateStore state)
    {
        if (state.GetValue(KeyName) is { } known)
            return Convert.FromHexString(known);
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        state.SetValue(KeyName, Convert.ToHexStringLower(key));
        return key;
    }
}
