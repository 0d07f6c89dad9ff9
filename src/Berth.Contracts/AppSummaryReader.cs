using System.Text.Json;

namespace Berth.Contracts;

/// <summary>
/// Reads the list of apps token by token. <see cref="ContractsJson"/> would do it as well, but the runtime compiles more than a hundred methods of it at each start of a program,
/// a quarter of the time of a command that lists (docs/adr/0061).
/// </summary>
internal static class AppSummaryReader
{
    /// <exception cref="JsonException">It is no list of apps.</exception>
    public static IReadOnlyList<AppSummary> Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var apps = new List<AppSummary>();
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            apps.Add(App(ref reader));
        Expect(!reader.Read());
        return apps;
    }

    private static AppSummary App(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject);
        string? name = null, version = null, release = null, commit = null, status = null;
        DateTimeOffset? deployedAt = null;
        List<string>? urls = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            switch (member)
            {
                case "name": name = Text(ref reader); break;
                case "version": version = Text(ref reader); break;
                case "release": release = Text(ref reader); break;
                case "deployed_at": deployedAt = Time(ref reader); break;
                case "commit": commit = Text(ref reader); break;
                case "urls": urls = Texts(ref reader); break;
                case "status": status = Text(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        return name is null || urls is null || status is null
            ? throw new JsonException()
            : new AppSummary { Name = name, Version = version, Release = release, DeployedAt = deployedAt, Commit = commit, Urls = urls, Status = status };
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType is JsonTokenType.String or JsonTokenType.Null);
        return reader.GetString();
    }

    private static DateTimeOffset? Time(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        Expect(reader.TokenType == JsonTokenType.String);
        return reader.TryGetDateTimeOffset(out var time) ? time : throw new JsonException();
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray);
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            texts.Add(Text(ref reader) ?? throw new JsonException());
        return texts;
    }

    private static void Expect(bool holds)
    {
        if (!holds)
            throw new JsonException();
    }
}
