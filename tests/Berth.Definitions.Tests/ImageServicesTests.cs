using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests;

public sealed class ImageServicesTests
{
    [Fact]
    public void An_image_with_a_command_gives_the_implied_cmd()
    {
        var definition = ImageServices.Complete(Read().Valid(), Image(cmd: ["serve"]), "image demo:1.0").Valid();
        var cmd = Assert.Single(definition.Services);
        Assert.Equal(("cmd", null, "image demo:1.0"), (cmd.Name, cmd.Command, cmd.Source));
        Assert.Equal(Scaling.FixedAt(1), cmd.Scaling);
        Assert.Null(StartCommand.Resolve(cmd, imageHasEntrypoint: false));
        Assert.Equal(["cmd"], ImageServices.Complete(Read().Valid(), Image(entrypoint: ["serve"]), "image").Valid().Services.Select(s => s.Name));
    }

    [Fact]
    public void An_app_without_any_service_is_refused_with_what_to_add()
    {
        var result = ImageServices.Complete(Read().Valid(), Image(), "image");
        Assert.Null(result.Definition);
        var problem = Assert.Single(result.Diagnostics);
        Assert.Equal("no-service", problem.Code);
        Assert.Equal("this app defines no service; add a Procfile, an app.toml, a manifest.yml, or give the image a CMD", problem.ToString());
    }

    [Fact]
    public void A_Procfile_replaces_the_implied_cmd()
    {
        var definition = ImageServices.Complete(Read("web: serve\nworker: work").Valid(), Image(cmd: ["other"]), "image").Valid();
        Assert.Equal(["web", "worker"], definition.Services.Select(service => service.Name));
    }

    [Fact]
    public void A_service_without_a_command_needs_an_image_with_one()
    {
        var definition = Read(appToml: "[services.web]\n[services.redis]\nimage = \"redis:7\"").Valid();
        var problem = Assert.Single(ImageServices.Complete(definition, Image(), "image").Diagnostics);
        Assert.Equal("service-without-command", problem.Code);
        Assert.Contains("\"web\"", problem.Message, StringComparison.Ordinal);
        Assert.Equal(["service-without-command"], ImageServices.Problems(definition.Services[1], Image()).Select(d => d.Code));
    }

    [Fact]
    public void A_quote_that_is_not_closed_matters_only_to_an_ENTRYPOINT()
    {
        var definition = Read("web: echo 'x").Valid();
        Assert.Empty(ImageServices.Complete(definition, Image(cmd: ["x"]), "image").Diagnostics);
        Assert.Equal(["command-not-splittable"], ImageServices.Complete(definition, Image(entrypoint: ["x"]), "image").Diagnostics.Select(d => d.Code));
        Assert.Throws<ArgumentException>(() => StartCommand.Resolve(definition.Services[0], imageHasEntrypoint: true));
    }

    [Fact]
    public void A_command_runs_in_a_shell_or_is_split_for_the_ENTRYPOINT()
    {
        var service = Read("web: serve -p $PORT && echo 'a b'").Valid().Services[0];
        Assert.Equal(["/bin/sh", "-c", "trap 'exit 143' TERM; serve -p $PORT && echo 'a b'"], StartCommand.Resolve(service, imageHasEntrypoint: false)!);
        Assert.Equal(["serve", "-p", "$PORT", "&&", "echo", "a b"], StartCommand.Resolve(service, imageHasEntrypoint: true)!);
    }

    [Fact]
    public void Args_are_passed_as_they_are()
    {
        var service = Service("[services.web]\nargs = [\"a b\", \"$PORT\"]");
        Assert.Equal(["a b", "$PORT"], StartCommand.Resolve(service, imageHasEntrypoint: false)!);
        Assert.Equal(["a b", "$PORT"], StartCommand.Resolve(service, imageHasEntrypoint: true)!);
    }

    [Fact]
    public void A_routable_service_listens_on_its_port_or_the_single_exposed_one_or_3000()
    {
        var services = Read("web: x\nworker: y").Valid().Services;
        Assert.Equal(3000, ServicePort.Resolve(services[0], Image()));
        Assert.Equal(5000, ServicePort.Resolve(services[0], Image(exposed: 5000)));
        Assert.Equal(3000, ServicePort.Resolve(services[0], Image(exposed: [80, 443])));
        Assert.Equal(8000, ServicePort.Resolve(services[0] with { Port = 8000 }, Image(exposed: 5000)));
        Assert.Null(ServicePort.Resolve(services[1], Image(exposed: 5000)));
        Assert.Equal(7000, ServicePort.Resolve(services[1] with { Port = 7000 }, Image()));
    }
}
