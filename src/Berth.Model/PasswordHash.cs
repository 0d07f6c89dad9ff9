using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Model;

/// <summary>A password as it is kept: <c>pbkdf2-sha256$ROUNDS$SALT$HASH</c>, so that whoever reads it has to guess, slowly. Pure but for the salt.</summary>
public static class PasswordHash
{
    /// <summary>About 50 ms of one core.</summary>
    private const int Rounds = 200_000;
    private const int MaxRounds = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Kind = "pbkdf2-sha256";

    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Kind}${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Rounds))}");
    }

    /// <summary>Whether the text has the form that <see cref="Create"/> makes.</summary>
    public static bool IsValid(string hash) => Read(hash) is not null;

    /// <summary>Takes as long as <see cref="Create"/>.</summary>
    public static bool Verify(string password, string hash) =>
        Read(hash) is var (rounds, salt, expected) && CryptographicOperations.FixedTimeEquals(Derive(password, salt, rounds), expected);

    private static (int Rounds, byte[] Salt, byte[] Hash)? Read(string hash)
    {
        if (hash.Split('$') is not [Kind, var rounds, var salt, var value] || !int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > MaxRounds)
            return null;
        var (saltBytes, hashBytes) = (new byte[SaltBytes], new byte[HashBytes]);
        return Convert.TryFromBase64String(salt, saltBytes, out int saltLength) && saltLength == SaltBytes
            && Convert.TryFromBase64String(value, hashBytes, out int hashLength) && hashLength == HashBytes
                ? (count, saltBytes, hashBytes)
                : null;
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA256, HashBytes);
}
