using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Berth.Control.Secrets;

/// <summary>
/// Encrypts what the state file holds of variables, with a key that lies in a folder beside it. Whoever copies the file alone learns nothing; whoever copies the
/// whole state folder does (docs/adr/0082). Thread-safe.
/// </summary>
internal sealed class ValueCipher
{
    /// <summary>For good: values are not encrypted anew when a key gets old, so a second key would protect nothing.</summary>
    private static readonly TimeSpan KeyLife = TimeSpan.FromDays(36_500);

    private readonly IDataProtector _protector;

    private ValueCipher(IDataProtector protector) => _protector = protector;

    /// <summary>Opens the key's folder, or makes it with a new key.</summary>
    public static ValueCipher Open(string folder)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var provider = DataProtectionProvider.Create(new DirectoryInfo(folder), protection => protection.SetApplicationName("berth").SetDefaultKeyLifetime(KeyLife));
        var cipher = new ValueCipher(provider.CreateProtector("state"));
        // The first use writes the key.
        cipher.Encrypt("");
        foreach (var file in Directory.EnumerateFiles(folder))
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return cipher;
    }

    public string Encrypt(string text) => _protector.Protect(text);

    /// <summary>Throws a <see cref="CryptographicException"/> if the key is another than it was encrypted with.</summary>
    public string Decrypt(string stored) => _protector.Unprotect(stored);
}
