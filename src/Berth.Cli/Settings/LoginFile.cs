using System.Text.Json;
using System.Text.Json.Serialization;
using Berth.Contracts;

namespace Berth.Cli.Settings;

/// <summary>What <c>berth login</c> keeps: <c>$XDG_CONFIG_HOME/berth/config.json</c> (else <c>~/.config/berth/config.json</c>), readable by its owner only.</summary>
internal sealed record LoginFile
{
    /// <summary>The server that was logged in to last; used where <c>BERTH_URL</c> is not set.</summary>
    public string? Current { get; init; }

    /// <summary>Tokens by server address.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; init; } = new Dictionary<string, string>();

    public static string PathOf(CommandContext context)
    {
        var home = context.Environment("XDG_CONFIG_HOME") ?? Path.Combine(context.Environment("HOME") ?? "/", ".config");
        return Path.Combine(home, "berth", "config.json");
    }

    /// <summary>An empty one where there is none.</summary>
    public static LoginFile Read(CommandContext context)
    {
        var path = PathOf(context);
        try
        {
            if (!File.Exists(path))
                return new LoginFile();
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SettingsJson.Default.LoginFile) ?? new LoginFile();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.BadLoginFile(path, e.Message));
        }
    }

    public LoginFile With(ServerAddress server, string token) => this with
    {
        Current = server.Text,
        Tokens = new SortedDictionary<string, string>(Tokens.ToDictionary(), StringComparer.Ordinal) { [server.Text] = token },
    };

    public string? TokenOf(ServerAddress server) => Tokens.GetValueOrDefault(server.Text);

    /// <summary>Replaces the file as a whole, so that a kill leaves the old or the new one.</summary>
    public void Write(CommandContext context)
    {
        var path = PathOf(context);
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var temporary = path + ".new";
            File.Delete(temporary);
            var owner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var file = new FileStream(temporary, owner))
                JsonSerializer.Serialize(file, this, SettingsJson.Default.LoginFile);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotWriteLoginFile(path, e.Message));
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(LoginFile))]
internal sealed partial class SettingsJson : JsonSerializerContext;
