using System.Text;
using Berth.Definitions.CfManifest;
using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.CfManifest;

/// <summary>A manifest and its Procfile together.</summary>
public sealed class ManifestDefinitionTests
{
    [Fact]
    public void Counts_are_fixed_one_web_and_none_of_the_others()
    {
        var definition = Manifest("applications:\n- name: shop\n  processes:\n  - type: worker\n    command: work\n  - type: mail\n    instances: 2\n", procfile: "web: serve\nclock: tick\nmail: post\nrelease: migrate").Valid();
        Assert.Equal([("worker", 0, "work"), ("mail", 2, "post"), ("web", 1, "serve"), ("clock", 0, "tick")], definition.Services.Select(s => (s.Name, s.Scaling.Instances, s.Command!)));
        Assert.All(definition.Services, s => Assert.Equal((ScalingMode.Fixed, 8080), (s.Scaling.Mode, s.DefaultPort)));
        Assert.Equal("migrate", definition.ReleaseCommand);
        Assert.True(definition.EnvIsConfig);
    }

    [Fact]
    public void The_manifests_command_wins_over_the_Procfiles()
    {
        var web = Assert.Single(Manifest("applications:\n- name: shop\n  command: from manifest\n", procfile: "web: from procfile").Valid().Services);
        Assert.Equal(("from manifest", "manifest.yml:2"), (web.Command, web.Source));
        web = Assert.Single(Manifest("applications:\n- name: shop\n  command: null\n", procfile: "web: from procfile").Valid().Services);
        Assert.Equal(("from procfile", "manifest.yml:2, Procfile:1"), (web.Command, web.Source));
    }

    [Fact]
    public void An_application_without_anything_has_a_web_process_of_its_stack_or_image()
    {
        Assert.Equal("python app.py", Assert.Single(Manifest("applications:\n- name: shop\n", stack: Python).Valid().Services).Command);
        var docker = Manifest("applications:\n- name: shop\n  docker: { image: nginx }\n", procfile: "worker: x").Valid();
        Assert.Equal(("web", null), (Assert.Single(docker.Services).Name, docker.Services[0].Command));
        Assert.Equal("nginx", docker.Image);
    }

    [Fact]
    public void The_application_of_the_apps_name_is_meant()
    {
        const string Two = "applications:\n- name: a\n  command: x\n- name: b\n  command: y\n";
        Assert.Equal("y", Assert.Single(Manifest(Two, app: "b").Valid().Services).Command);
        Assert.Equal("manifest-no-such-application", Assert.Single(Manifest(Two, app: "c").Diagnostics).Code);
        Assert.Equal("manifest-several-applications", Assert.Single(Manifest(Two).Diagnostics).Code);
        Assert.Equal("other", Manifest("applications:\n- command: x\n", app: "other").Valid().Name);
    }

    [Fact]
    public void A_path_leads_to_the_Procfile_of_a_source_with_a_manifest_but_not_out_of_it()
    {
        Assert.Equal("down here", Assert.Single(Manifest("applications:\n- name: a\n  path: ./deep/er\n", others: ("deep/er/Procfile", "web: down here")).Valid().Services).Command);
        Assert.Equal("path-outside", Assert.Single(Manifest("applications:\n- name: a\n  path: ../b\n").Diagnostics).Code);
    }

    [Fact]
    public void A_process_checked_by_its_port_gets_one()
    {
        var services = Manifest("applications:\n- name: a\n  timeout: 120\n  processes:\n  - type: api\n    health-check-type: http\n    health-check-http-endpoint: /up\n    health-check-interval: 3\n").Valid().Services;
        Assert.Equal([null, 8080], services.Select(s => s.Port));
        Assert.Equal(new HealthCheck { Kind = HealthCheckKind.Port, StartupTimeout = TimeSpan.FromMinutes(2) }, services[0].Health);
        Assert.Equal(new HealthCheck { Kind = HealthCheckKind.Http, Path = "/up", Interval = TimeSpan.FromSeconds(3) }, services[1].Health);
    }

    [Fact]
    public void What_is_sent_beside_a_source_comes_back_as_it_was()
    {
        var sent = new PushedDefinition(new ChosenFile("m.yml", "a: 1"u8.ToArray()), [("v1", "x: 1"u8.ToArray()), ("v2", "y: 2"u8.ToArray())], ["z=3"]);
        var files = sent.ToFiles().ToDictionary(file => file.Path, file => file.Bytes);
        var back = PushedDefinition.From(path => files.GetValueOrDefault(path))!;
        Assert.Equal((sent.File.Name, sent.File.Bytes), (back.File.Name, back.File.Bytes));
        Assert.Equal(sent.VariableFiles.Select(f => f.Bytes), back.VariableFiles.Select(f => f.Bytes));
        Assert.Equal(sent.Variables, back.Variables);
        Assert.Null(PushedDefinition.From(_ => null));
    }

    private static DefinitionResult Manifest(string text, string? procfile = null, StackDefault? stack = null, string? app = null, params (string Path, string Text)[] others)
    {
        var files = others.Append(("manifest.yml", text)).ToDictionary(file => file.Item1, file => file.Item2);
        if (procfile is not null)
            files["Procfile"] = procfile;
        return DefinitionReader.Read(new DefinitionSources { ReadFile = path => files.TryGetValue(path, out var found) ? Encoding.UTF8.GetBytes(found) : null, Stack = stack, App = app });
    }
}
