using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Berth.Control.Secrets;

/// <summary>
/// Encrypts what the state file holds of variables and of log drains' URLs, with a key that lies in a folder beside it. Whoever copies the file alone learns nothing; whoever copies the
/// whole state folder does (docs/adr/0082). Thread-safe.
/// </summary>
internal sealed class ValueCipher
{
    /// <summary>For good: values are not encrypted anew when a key gets old, so a second key would protect nothing.</summary>
    private static readonly TimeSpan KeyLife = TimeSpan.FromDays(36_500);

    private readonly Lazy<IDataProtector> _protector;

    /// <param name="folder">Of the key. It is opened, or made with a new key, when there is something to encrypt or decrypt: what does it takes several MB of memory.</param>
    public ValueCipher(string folder) => _protector = new(() => Open(folder));

    public string Encrypt(string text) => _protector.Value.Protect(text);

    /// <summary>Throws a <see cref="CryptographicException"/> if the key is another than it was encrypted with.</summary>
    public string Decrypt(string stored) => _protector.Value.Unprotect(stored);

    private static IDataProtector Open(string folder)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var provider = DataProtectionProvider.Create(new DirectoryInfo(folder), protection => protection.SetApplicationName("berth").SetDefaultKeyLifetime(KeyLife));
        var protector = provider.CreateProtector("state");
        // The first use writes the key.
        protector.Protect("");
        foreach (var file in Directory.EnumerateFiles(folder))
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return protector;
    }
}
