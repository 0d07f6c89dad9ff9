using System.Text;
using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests;

/// <summary>Sidecars, in both of the files that can ask for them.</summary>
public sealed class SidecarTests
{
    private const string Web = "[services.web]\ncommand = \"serve\"\n[[services.web.sidecars]]\n";
    private const string Manifest = "applications:\n- name: shop\n  command: serve\n  processes:\n  - type: worker\n    command: work\n  sidecars:\n";

    [Fact]
    public void All_of_a_sidecar_can_be_said()
    {
        var web = Service(Web + "name = \"proxy\"\ncommand = \"envoy -c x\"\nimage = \"envoy:1\"\nmemory = \"64M\"\ncpu = 0.5\nenv = [{ key = \"A\", value = \"1\" }]\n[[services.web.sidecars]]\nname = \"log shipper\"\ncommand = \"ship\"");

        Assert.Equal(["proxy", "log shipper"], web.Sidecars.Select(s => s.Name));
        var proxy = web.Sidecars[0];
        Assert.Equal(("envoy -c x", "envoy:1", 64 * ByteSize.MiB, 0.5), (proxy.Command, proxy.Image, proxy.MemoryBytes, proxy.Cpu));
        Assert.Equal([new EnvVar("A", "1")], proxy.Env);
        Assert.Equal((null, null, null), (web.Sidecars[1].Image, web.Sidecars[1].MemoryBytes, web.Sidecars[1].Cpu));
    }

    [Fact]
    public void An_image_of_its_own_is_enough_to_run() => Assert.Null(Assert.Single(Service(Web + "name = \"proxy\"\nimage = \"envoy:1\"").Sidecars).Command);

    [Theory]
    [InlineData("command = \"x\"", "missing-key", 3)]
    [InlineData("name = \"a\"", "missing-key", 3)]
    [InlineData("name = \"a\\u0000\"\ncommand = \"x\"", "nul-in-value", 4)]
    [InlineData("name = \"a\\nb\"\ncommand = \"x\"", "bad-sidecar-name", 4)]
    [InlineData("name = \"a\"\ncommand = \"x\"\n[[services.web.sidecars]]\nname = \"a\"\ncommand = \"y\"", "sidecar-twice", 7)]
    [InlineData("name = \"a\"\ncommand = \"x\"\nimage = \"two words\"", "bad-image", 6)]
    [InlineData("name = \"a\"\ncommand = \"x\"\nmemory = \"1M\"", "out-of-range", 6)]
    [InlineData("name = \"a\"\ncommand = \"x\"\nport = 80", "not-carried-out", 6)]
    [InlineData("name = \"a\"\ncommand = \"x\"\nmemroy = \"1M\"", "unknown-key", 6)]
    public void A_mistake_is_told_where_it_stands(string sidecar, string code, int line) => Assert.Equal([(code, line)], Problems(Web + sidecar));

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        Assert.Empty(Problems(Web + $"name = \"{new string('a', 255)}\"\ncommand = \"x\""));
        Assert.Equal([("bad-sidecar-name", 4)], Problems(Web + $"name = \"{new string('a', 256)}\"\ncommand = \"x\""));
    }

    [Fact]
    public void A_variable_that_a_sidecar_requires_is_the_services()
    {
        var missing = Read(appToml: Web + "name = \"a\"\ncommand = \"x\"\nenv = [{ key = \"TOKEN\", required = true, sensitive = true }, { key = \"HERE\", value = \"1\", required = true }]").Valid();

        Assert.Contains("TOKEN", RequiredVariables.Missing(missing, [])!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("HERE", RequiredVariables.Missing(missing, [])!.Message, StringComparison.Ordinal);
        Assert.Null(RequiredVariables.Missing(missing, [new EnvVar("TOKEN", "t")]));
        Assert.Equal(["TOKEN"], missing.SensitiveEnv);
    }

    [Fact]
    public void A_manifests_sidecar_runs_beside_the_processes_that_it_names()
    {
        var services = FromManifest(Manifest + "  - name: auth\n    process_types: [ web, worker, clock ]\n    command: check\n    memory: 32M\n  - name: monitor\n    process_types: [ web ]\n    command: watch\n", "clock: tick").Valid().Services;

        Assert.Equal(["auth monitor", "auth", "auth"], services.Select(s => string.Join(' ', s.Sidecars.Select(c => c.Name))));
        Assert.Equal(new SidecarDefinition { Name = "auth", Command = "check", MemoryBytes = 32 * ByteSize.MiB }, services[0].Sidecars[0]);
    }

    [Fact]
    public void A_process_that_there_is_not_is_a_warning()
    {
        var result = FromManifest(Manifest + "  - name: auth\n    process_types: [ web, wroker ]\n    command: check\n");

        var warning = Assert.Single(result.Diagnostics);
        Assert.Equal((Severity.Warning, "manifest-sidecar-process", 8), (warning.Severity, warning.Code, warning.Line));
        Assert.Contains("wroker", warning.Message, StringComparison.Ordinal);
        Assert.Single(result.Valid().Services[0].Sidecars);
    }

    [Theory]
    [InlineData("  - name: a\n    process_types: [ web ]\n    command: x\n  - name: a\n    process_types: [ worker ]\n    command: y\n", "manifest-sidecar")]
    [InlineData("  - name: a\n    process_types: [ web ]\n", "manifest-sidecar")]
    [InlineData("  - name: a\n    process_types: []\n    command: x\n", "manifest-sidecar")]
    [InlineData("  - name: a\n    process_types: [ [ web ] ]\n    command: x\n", "manifest-wrong-type")]
    [InlineData("  - name: a\n    process_types: [ web ]\n    command: x\n    memory: 0M\n", "manifest-sidecar")]
    [InlineData("  - name: a\n    process_types: [ web ]\n    command: x\n    memory: 1M\n", "manifest-size-range")]
    [InlineData("  - name: a\n    process_types: [ web ]\n    command: x\n    memory: lots\n", "manifest-size")]
    [InlineData("  - name: a\n    process_types: [ web ]\n    command: x\n    instances: 2\n", "unknown-key")]
    [InlineData("  - a\n", "manifest-sidecar")]
    public void A_mistake_in_a_manifest_is_told(string sidecars, string code) =>
        Assert.Equal([code], FromManifest(Manifest + sidecars).Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Code));

    [Fact]
    public void What_Cloud_Foundry_reads_over_in_a_sidecar_is_a_warning() =>
        Assert.Equal([(Severity.Warning, "without-effect"), (Severity.Warning, "without-effect")],
            FromManifest(Manifest + "  - name: a\n    process_types: [ web ]\n    command: x\n    env: { A: b }\n    health-check-type: port\n").Diagnostics.Select(d => (d.Severity, d.Code)));

    [Fact]
    public void A_sidecar_of_the_services_image_is_checked_against_it()
    {
        var definition = FromManifest(Manifest + "  - name: a\n    process_types: [ web ]\n    command: echo 'open\n").Valid();

        Assert.Empty(ImageServices.Complete(definition, Image(cmd: ["x"]), "image").Diagnostics);
        Assert.Contains("sidecar \"a\" of service \"web\"", Assert.Single(ImageServices.Complete(definition, Image(entrypoint: ["x"]), "image").Diagnostics).Message, StringComparison.Ordinal);
    }

    private static DefinitionResult FromManifest(string text, string? procfile = null) => DefinitionReader.Read(new DefinitionSources
    {
        ReadFile = path => (path switch { "manifest.yml" => text, "Procfile" => procfile, _ => null }) is { } content ? Encoding.UTF8.GetBytes(content) : null,
    });
}
