using System.Security.Cryptography;
using System.Text;
using Berth.Model;

namespace Berth.Router.Rules;

/// <summary>What came of a look at a request's password.</summary>
public enum LoginResult
{
    Right,

    /// <summary>None was given, or it is wrong.</summary>
    Wrong,

    /// <summary>Too many others are being looked at.</summary>
    Busy,
}

/// <summary>
/// Checks what requests give as name and password. The first right answer costs a slow hash, done on a thread of its own; after that the same one costs a quick comparison.
/// Lives on through snapshots as long as the password stays. Thread-safe.
/// </summary>
public sealed class LoginCheck(RouteLogin login, LoginQueue queue)
{
    private const string Scheme = "Basic ";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    /// <summary>The Authorization field that was right, as a keyed hash: the password itself is not kept.</summary>
    private byte[]? _right;

    public ValueTask<LoginResult> CheckAsync(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return ValueTask.FromResult(LoginResult.Wrong);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(authorization), digest);
        return Volatile.Read(ref _right) is { } right && CryptographicOperations.FixedTimeEquals(right, digest)
            ? ValueTask.FromResult(LoginResult.Right)
            : CheckSlowlyAsync(authorization[Scheme.Length..], digest.ToArray());
    }

    private async ValueTask<LoginResult> CheckSlowlyAsync(string credentials, byte[] digest)
    {
        if (Read(credentials) is not var (user, password))
            return LoginResult.Wrong;
        if (await queue.RunAsync(() => PasswordHash.Verify(password, login.PasswordHash)) is not { } isRight)
            return LoginResult.Busy;
        if (!isRight || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(login.User)))
            return LoginResult.Wrong;
        Volatile.Write(ref _right, digest);
        return LoginResult.Right;
    }

    private static (string User, string Password)? Read(string credentials)
    {
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials.Trim(), bytes, out int length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }
}
