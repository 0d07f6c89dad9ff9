using System.Text;
using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void A_Procfile_gives_web_automatic_scaling_and_other_services_one_instance()
    {
        var definition = Read("web: serve\nworker: work\nrelease: migrate").Valid();
        Assert.Equal(["web", "worker"], definition.Services.Select(service => service.Name));
        Assert.Equal("migrate", definition.ReleaseCommand);
        var web = definition.Services[0];
        Assert.Equal(Scaling.Automatic(), web.Scaling);
        Assert.Equal((10, TimeSpan.FromMinutes(15), 0), (web.Scaling.RequestsPerInstance, web.Scaling.ScaleDownDelay, web.Scaling.MinInstances));
        Assert.Equal(Scaling.FixedAt(1), definition.Services[1].Scaling);
        Assert.Equal(["Procfile:1", "Procfile:2"], definition.Services.Select(service => service.Source));
        Assert.Contains("memory 1G", web.Defaults);
        Assert.Contains(web.Defaults, words => words.StartsWith("port", StringComparison.Ordinal));
        Assert.DoesNotContain(definition.Services[1].Defaults, words => words.StartsWith("port", StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_in_both_files_is_one_service_and_app_toml_wins()
    {
        var definition = Read(
            "web: from procfile\nworker: work\nextra: more\nrelease: theirs",
            "release = \"ours\"\n[services.web]\ncommand = \"from app.toml\"\n[services.worker.concurrency]\nmode = \"fixed\"\nnum_instances = 3\n").Valid();
        Assert.Equal(
            [("web", "from app.toml", ".miren/app.toml:2"), ("worker", "work", ".miren/app.toml:4, Procfile:2"), ("extra", "more", "Procfile:3")],
            definition.Services.Select(service => (service.Name, service.Command, service.Source)));
        Assert.Equal(3, definition.Services[1].Scaling.Instances);
        Assert.Equal("ours", definition.ReleaseCommand);
    }

    [Fact]
    public void Args_in_app_toml_win_over_the_command_of_the_Procfile()
    {
        var service = Assert.Single(Read("web: theirs", "[services.web]\nargs = [\"--ours\"]").Valid().Services);
        Assert.Null(service.Command);
        Assert.Equal(["--ours"], service.Args!);
    }

    [Fact]
    public void The_stack_supplies_web_only_where_no_file_defines_a_service()
    {
        var web = Assert.Single(Read(stack: Python).Valid().Services);
        Assert.Equal(("web", "python app.py", "stack python"), (web.Name, web.Command, web.Source));
        Assert.Equal(["worker"], Read("worker: work", stack: Python).Valid().Services.Select(service => service.Name));
        Assert.Equal(["worker"], Read(appToml: "[services.worker]", stack: Python).Valid().Services.Select(service => service.Name));
    }

    [Fact]
    public void A_web_without_command_or_image_runs_the_command_of_the_stack()
    {
        const string AppToml = "[services.web]\nport = 8000\n[services.worker]\n[services.worker.concurrency]\nnum_instances = 2";
        var services = Read(appToml: AppToml, stack: Python).Valid().Services;
        Assert.Equal(("python app.py", 8000), (services[0].Command, services[0].Port));
        Assert.Equal(".miren/app.toml:1, stack python", services[0].Source);
        Assert.Null(services[1].Command);
        Assert.Equal("serve", Read("web: serve", AppToml, Python).Valid().Services[0].Command);
        Assert.Null(Read(appToml: "[services.web]\nimage = \"nginx\"", stack: Python).Valid().Services[0].Command);
    }

    [Fact]
    public void Without_any_file_or_stack_there_is_no_service_yet_and_no_error()
    {
        Assert.Empty(Read().Valid().Services);
    }

    [Fact]
    public void The_mistakes_of_all_files_are_told_together()
    {
        var result = Read("web x\n", "nam = \"a\"\nname = \"B\"");
        Assert.Null(result.Definition);
        Assert.Equal(
            [(".miren/app.toml", "unknown-key"), (".miren/app.toml", "bad-app-name"), ("Procfile", "procfile-bad-line")],
            result.Diagnostics.Select(d => (d.File, d.Code)));
    }

    [Fact]
    public void Names_that_differ_only_in_case_clash_across_files()
    {
        var problem = Assert.Single(Read("web: x\nWorker: y", "[services.worker]").Diagnostics);
        Assert.Equal(("service-names-clash", "Procfile", 2), (problem.Code, problem.File, problem.Line));
        Assert.Contains(".miren/app.toml:1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_app_tomls_are_an_error()
    {
        var result = Read(appToml: "", others: (".berth/app.toml", ""));
        Assert.Equal(["two-app-tomls"], result.Diagnostics.Select(d => d.Code));
        Assert.Equal("shop", Read(others: (".berth/app.toml", "name = \"shop\"")).Valid().Name);
    }

    [Fact]
    public void A_manifest_beside_an_app_toml_is_refused_unless_one_is_chosen()
    {
        const string Manifest = "applications:\n- name: demo\n  command: x\n";
        Assert.Equal(["manifest-and-app-toml"], Read(appToml: "", others: ("manifest.yml", Manifest)).Diagnostics.Select(d => d.Code));
        var sources = new DefinitionSources { ReadFile = path => path == ".miren/app.toml" ? "[services.other]\ncommand = 'y'"u8.ToArray() : null };
        Assert.Equal("x", Assert.Single(DefinitionReader.Read(sources with { Chosen = new("manifest.yml", Encoding.UTF8.GetBytes(Manifest)) }).Valid().Services).Command);
        Assert.Equal("y", Assert.Single(DefinitionReader.Read(sources with { Chosen = new("app.toml", sources.ReadFile(".miren/app.toml")!) }).Valid().Services).Command);
    }

    [Fact]
    public void A_Procfile_chosen_by_hand_replaces_the_one_in_the_source()
    {
        var sources = new DefinitionSources
        {
            ReadFile = path => path == "Procfile" ? "web: theirs"u8.ToArray() : null,
            Procfile = Encoding.UTF8.GetBytes("web: ours"),
            ProcfileName = "deploy/Procfile.prod",
        };
        var web = Assert.Single(DefinitionReader.Read(sources).Valid().Services);
        Assert.Equal(("ours", "deploy/Procfile.prod:1"), (web.Command, web.Source));
    }
}
