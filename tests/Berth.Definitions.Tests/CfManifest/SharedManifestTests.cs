using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Definitions.Tests.CfManifest;

/// <summary>Manifests that others wrote: real ones, those of the cloud controller's and the command line's own tests, and those of their documentation.</summary>
public sealed class SharedManifestTests
{
    private const string Folder = "cases/cfmanifest";

    private static readonly DefinitionLimits Limits = new() { MaxDiagnostics = 1000 };

    /// <summary>
    /// What Berth refuses although the cloud controller takes it: what it does not carry out, unknown and old keys (there: read over in silence), names that are
    /// no host names, and limits of one machine.
    /// </summary>
    private static readonly string[] Stricter =
    [
        "not-carried-out", "unknown-key", "bad-app-name", "manifest-size-range", "manifest-out-of-range", "manifest-process-type", "path-outside", "manifest-env-value",
    ];

    /// <summary>Our code for a mistake that the cloud controller has a text for.</summary>
    private static readonly (string Text, string Code)[] SameMistake =
    [
        ("Name must (not be empty|be a string)", "manifest-name"),
        ("fields cannot be used together|Cannot specify both", "manifest-conflict"),
        ("(Memory|Disk quota|Log rate limit per second) is not a number", "manifest-size"),
        ("must be a string|must be an object|must be a boolean|can only contain strings|must be a list|is not a number", "manifest-wrong-type"),
        ("must use a supported unit", "manifest-size-unit"),
        ("must be greater than 0MB", "manifest-size-range"),
        ("must be greater than or equal to|must be an integer greater", "manifest-out-of-range"),
        ("must be between 1 and", "manifest-length"),
        ("ealth check type must be \"port\"|Cannot use loadbalancing value", "manifest-choice"),
        ("must be a valid URI path", "manifest-health-path"),
        ("must be \"http\" to set", "manifest-health-path-without-http"),
        ("must specify a type", "manifest-process-type"),
        ("Env (key|cannot)", "manifest-env-key"),
        ("not a properly formed URL", "manifest-route"),
        ("invalid route option", "manifest-route-option"),
        ("Sidecar", "manifest-sidecar"),
    ];

    public static TheoryData<string> Cases
    {
        get
        {
            var folder = GoldenCases.Find(Folder);
            return folder is null
                ? [GoldenCases.Absent]
                : [.. Directory.EnumerateFiles(folder, "*.expect.json", SearchOption.AllDirectories)
                    .Select(path => Path.GetRelativePath(folder, path).Replace(".expect.json", ".yml", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_manifest_is_accepted_or_refused_as_by_the_cloud_controller(string file)
    {
        var expected = Expected(file);
        var found = Read(file);
        var errors = found.Diagnostics.Where(d => d.Severity == Severity.Error).ToList();
        Assert.All(errors, error => Assert.True(error.Line > 0 && error.Column > 0, error.ToString()));
        // A variable without a value is refused before the cloud controller sees the manifest.
        if (expected["variables"]!.AsArray().Count > 0)
        {
            Assert.Equal(expected["variables"]!.AsArray().Count, errors.Count(error => error.Code == "manifest-variable-missing"));
            return;
        }
        var texts = expected["error"] is null ? expected["errors"]!.AsArray().Select(text => text!.GetValue<string>()).ToList() : [];
        if (expected["valid"]!.GetValue<bool>())
            Assert.All(errors, error => Assert.Contains(error.Code, Stricter));
        else
            Assert.NotEmpty(errors);
        foreach (var text in texts)
            Assert.Contains(errors, error => error.Code == CodeOf(text));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_applications_of_a_manifest_are_those_of_the_cloud_controller(string file)
    {
        var expected = Expected(file);
        if (expected["variables"]!.AsArray().Count == 0 && expected["valid"]!.GetValue<bool>())
            AssertApplications(expected["applications"]!.AsArray(), Read(file));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Variables_are_filled_in_as_by_the_command_line(string file)
    {
        if (Expected(file)["with_vars"] is not { } expected)
            return;
        var folder = Path.GetDirectoryName(Path.Combine(GoldenCases.Require(Folder), file))!;
        var files = expected["vars_files"]!.AsArray().Select(name => (name!.GetValue<string>(), File.ReadAllBytes(Path.Combine(folder, name!.GetValue<string>())))).ToList();
        // Those that the project keeps elsewhere are given by hand, so that the others show.
        var missing = expected["missing"]?.AsArray().Select(name => name!.GetValue<string>()).ToList() ?? [];
        var without = Read(file, ManifestVariables.Read(files, [], Limits).Variables);
        Assert.Equal(missing.Count, without.Diagnostics.Count(d => d.Code == "manifest-variable-missing"));
        var (variables, problems) = ManifestVariables.Read(files, [.. missing.Select(name => $"{name}=(({name}))")], Limits);
        Assert.DoesNotContain(problems, d => d.Severity == Severity.Error);
        AssertApplications(expected["applications"]!.AsArray(), Read(file, variables));
    }

    private static JsonNode Expected(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(Path.Combine(GoldenCases.Require(Folder), file), ".expect.json")))!;

    private static ManifestFile Read(string file, ManifestVariables? variables = null) => ManifestReader.Read(
        "manifest.yml", File.ReadAllBytes(Path.Combine(GoldenCases.Require(Folder), file)), variables ?? ManifestVariables.None, Limits);

    private static string CodeOf(string text) => SameMistake.FirstOrDefault(pair => Regex.IsMatch(text, pair.Text)).Code ?? $"no code for: {text}";

    private static void AssertApplications(JsonArray expected, ManifestFile found)
    {
        Assert.Equal(expected.Count, found.Applications.Count);
        foreach (var (wanted, application) in expected.Zip(found.Applications))
        {
            if (application.Name is not null)
                Assert.Equal(wanted!["name"]!.GetValue<string>(), application.Name);
            Assert.Equal(
                (wanted!["env"]?.AsObject() ?? []).Select(pair => (pair.Key, pair.Value?.ToString() ?? "")).OrderBy(pair => pair.Key, StringComparer.Ordinal),
                application.Env.Select(v => (v.Key, v.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
            Assert.Equal(wanted["docker_image"]?.GetValue<string>(), application.Image);
            Assert.Equal(wanted["no_route"]?.GetValue<bool>() ?? false, application.Routes.None);
            AssertProcesses(wanted["processes"]!.AsArray(), application.Processes);
            Assert.Equal(
                (wanted["sidecars"]?.AsArray() ?? []).Select(s => ((string)s!["name"]!, (string)s["command"]!, string.Join(' ', s["process_types"]!.AsArray()), s["memory_mb"]?.GetValue<long>() * ByteSize.MiB)),
                application.Sidecars.Select(s => (s.Name, s.Command, string.Join(' ', s.ProcessTypes), s.MemoryBytes)));
        }
    }

    private static void AssertProcesses(JsonArray expected, IReadOnlyList<ManifestProcess> found)
    {
        Assert.Equal(expected.Select(process => process!["type"]!.GetValue<string>()).Order(), found.Select(process => process.Type).Order());
        foreach (var wanted in expected)
        {
            var process = found.Single(p => p.Type == wanted!["type"]!.GetValue<string>());
            Assert.Equal(wanted!["command"]?.GetValue<string>(), process.Command);
            Assert.Equal(wanted["instances"]?.GetValue<int>(), process.Instances);
            Assert.Equal(wanted["memory_mb"]?.GetValue<long>() * ByteSize.MiB, process.MemoryBytes);
            if (wanted["timeout"] is { } timeout)
                Assert.Equal(timeout.GetValue<int>(), process.Health!.StartupTimeout.TotalSeconds);
            if (wanted["health_check_type"]?.GetValue<string>() is { } type)
                Assert.Equal(type == "none" ? "process" : type, process.Health!.Kind.ToString().ToLowerInvariant());
        }
    }
}
