using System.Numerics;
using System.Security.Cryptography;

namespace Berth.Model;

/// <summary>
/// Makes the ids of SPEC section 1: a prefix and 21 base-58 characters that sort by the time they were made
/// (43 bits of milliseconds, then 80 random bits), so listings by id are listings by age.
/// </summary>
public static class Ids
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int Length = 21;

    /// <summary>A release's id: <c>demo-vCVkjR6u7744AsMebwMjGU</c>.</summary>
    public static string Release(string app, DateTimeOffset now) => $"{app}-v{Unique(now)}";

    /// <summary>A sandbox pool's id: <c>pool-CVkjTGJhRddyZDVq9CmnN</c>.</summary>
    public static string Pool(DateTimeOffset now) => $"pool-{Unique(now)}";

    /// <summary>A sandbox's id: <c>demo-web-CVok1wptmHEsJ6DmTRy7g</c>.</summary>
    public static string Sandbox(string app, string service, DateTimeOffset now) => $"{app}-{service}-{Unique(now)}";

    /// <summary>A deployment's id: <c>dep-CVok1wptmHEsJ6DmTRy7g</c>.</summary>
    public static string Deployment(DateTimeOffset now) => $"dep-{Unique(now)}";

    /// <summary>A token's public id: <c>tok-CVok1wptmHEsJ6DmTRy7g</c>. It names the token in listings and is no secret.</summary>
    public static string Token(DateTimeOffset now) => $"tok-{Unique(now)}";

    /// <summary>A log drain's id: <c>drain-CVok1wptmHEsJ6DmTRy7g</c>.</summary>
    public static string Drain(DateTimeOffset now) => $"drain-{Unique(now)}";

    /// <summary>The time-ordered, unguessable part that all ids share.</summary>
    public static string Unique(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[10];
        // The time's low 43 bits stand in front of 80 random ones: 123 bits are just what 21 base-58 digits hold.
        var time = new BigInteger(now.ToUnixTimeMilliseconds() & ((1L << 43) - 1));
        RandomNumberGenerator.Fill(bytes);
        var value = (time << 80) | new BigInteger(bytes, isUnsigned: true);
        Span<char> digits = stackalloc char[Length];
        for (int i = Length - 1; i >= 0; i--)
        {
            value = BigInteger.DivRem(value, 58, out var digit);
            digits[i] = Alphabet[(int)digit];
        }
        return new string(digits);
    }
}
