using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

/// <summary>An image of <see cref="FakeDocker"/>. Immutable but for its tags.</summary>
public sealed record FakeImage
{
    public HashSet<string> Tags { get; init; } = [];

    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Cmd { get; init; } = [];

    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>As in EXPOSE: <c>80/tcp</c>.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    public string WorkingDir { get; init; } = "";

    public string User { get; init; } = "";

    public string StopSignal { get; init; } = "";

    public string Architecture { get; init; } = "amd64";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>By absolute path. A value that begins with <c>-&gt;</c> is a symbolic link.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>From the content, as real ones are; tags do not count. Empty until it is in an engine.</summary>
    public string Id { get; private init; } = "";

    /// <summary>The image with a Dockerfile's instruction carried out; unknown ones change nothing.</summary>
    public FakeImage With(string instruction)
    {
        var parts = instruction.Trim().Split(' ', 2, StringSplitOptions.TrimEntries);
        var value = parts.Length == 2 ? parts[1] : "";
        return parts[0].ToUpperInvariant() switch
        {
            "CMD" => this with { Cmd = Words(value) },
            "ENTRYPOINT" => this with { Entrypoint = Words(value) },
            "ENV" => this with { Env = [.. Env, value] },
            "EXPOSE" => this with { Ports = [.. Ports, value.Contains('/') ? value : value + "/tcp"] },
            "WORKDIR" => this with { WorkingDir = value },
            "USER" => this with { User = value },
            "STOPSIGNAL" => this with { StopSignal = value },
            "LABEL" => this with { Labels = Labels.Append(Pair(value)).ToDictionary() },
            _ => this,
        };
    }

    internal FakeImage Identified()
    {
        var content = this with { Tags = [], Id = "" };
        return content with { Id = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content))) };
    }

    internal JsonObject Describe() => new()
    {
        ["Id"] = Id,
        ["RepoTags"] = Wire.Array(Tags),
        ["Architecture"] = Architecture,
        ["Os"] = "linux",
        ["Size"] = Files.Values.Sum(f => (long)f.Length),
        ["Config"] = new JsonObject
        {
            ["Entrypoint"] = Entrypoint.Count == 0 ? null : Wire.Array(Entrypoint),
            ["Cmd"] = Cmd.Count == 0 ? null : Wire.Array(Cmd),
            ["Env"] = Wire.Array(Env),
            ["ExposedPorts"] = Ports.Count == 0 ? null : new JsonObject(Ports.Select(p => KeyValuePair.Create(p, (JsonNode?)new JsonObject()))),
            ["WorkingDir"] = WorkingDir,
            ["User"] = User,
            ["StopSignal"] = StopSignal,
            ["Labels"] = Wire.Map(Labels),
        },
    };

    private static IReadOnlyList<string> Words(string value) =>
        value.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(value)! : ["/bin/sh", "-c", value];

    private static KeyValuePair<string, string> Pair(string value) => value.Split('=', 2) is [var k, var v] ? new(k, v.Trim('"')) : new(value, "");
}
