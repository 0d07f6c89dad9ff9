using Berth.Definitions.Yaml;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>Reads an entry of <c>applications</c>.</summary>
internal static class ManifestApplicationReader
{
    private const int MaxBuildpackLength = 4096;

    private static readonly string[] FeatureNames = ["ssh", "revisions", "service-binding-k8s", "file-based-vcap-services"];

    /// <param name="position">What it is called while it has no name: <c>application 2</c>.</param>
    /// <param name="givenName">Its name in place of the one it says; null: its own counts.</param>
    public static ManifestApplication Read(YamlMapping mapping, string position, string? givenName, FileDiagnostics diagnostics)
    {
        var said = mapping.Entries.FirstOrDefault(entry => ManifestKeys.Hyphened(entry.Key.Text) == ManifestKeys.Name).Value;
        var called = givenName ?? (said is YamlScalar { IsText: true, Text.Length: > 0 } text ? text.Text : null);
        var where = called is null ? position : $"application \"{SourceText.Shown(called)}\"";
        var section = ManifestSection.Open(mapping, where, ManifestKeys.OfApplication, ManifestKeys.Refused, diagnostics);
        var image = ReadDocker(section, diagnostics);
        ReadLifecycle(section);
        CheckCarriedOut(section, diagnostics);
        return new ManifestApplication
        {
            Name = givenName ?? ReadName(section),
            File = diagnostics.Source.Name,
            Line = diagnostics.Source.LineOf(mapping.Offset),
            Path = section.Text(ManifestKeys.Path) is { Length: > 0 } path ? path : null,
            Image = image,
            Stack = ReadStack(section),
            Env = ManifestEnvReader.Read(section, diagnostics),
            Processes = ManifestProcessReader.ReadAll(section, diagnostics),
            Sidecars = ManifestSidecars.Read(section, diagnostics),
            Routes = ManifestRouteReader.Read(section, diagnostics),
        };
    }

    private static string? ReadName(ManifestSection section)
    {
        if (!section.Has(ManifestKeys.Name))
        {
            // A variable without a value has been complained about.
            if (!section.IsUnknown(ManifestKeys.Name))
                section.Error(ManifestKeys.Name, ManifestMessages.NoName(section.Where));
            return null;
        }
        if (section.Text(ManifestKeys.Name) is not { } name)
            return null;
        if (name.Length == 0)
            section.Error(ManifestKeys.Name, ManifestMessages.NoName(section.Where));
        else if (Names.AppProblem(name) is { } problem)
            section.Error(ManifestKeys.Name, ManifestMessages.BadName(section.Where, problem, Names.ToAppName(name)));
        else
            return name;
        return null;
    }

    private static string? ReadDocker(ManifestSection section, FileDiagnostics diagnostics)
    {
        if (section.Mapping(ManifestKeys.Docker) is not { } mapping)
            return null;
        foreach (var key in new[] { ManifestKeys.Buildpack, ManifestKeys.Buildpacks }.Where(section.Has))
            section.Error(key, ManifestMessages.Together(section.Where, section.Spelled(key), ManifestKeys.Docker, "keep docker to run an image, or the buildpack to build the source"));
        var docker = ManifestSection.OpenExact(mapping, $"{section.Where}, docker", ["image", "username", "password"], diagnostics);
        foreach (var key in new[] { "username", "password" }.Where(docker.Has))
            docker.Error(key, ManifestMessages.NotCarriedOut(docker.Where, key, ManifestKeys.DockerUsername));
        if (!docker.Has("image") && !docker.IsUnknown("image"))
            docker.Error("image", ManifestMessages.NoDockerImage(section.Where));
        if (docker.Text("image") is not { } image)
            return null;
        if (image.Length > 0 && image[0] != '-' && image.All(c => c is > ' ' and <= '~'))
            return image;
        docker.Error("image", ManifestMessages.BadDockerImage(section.Where, image));
        return null;
    }

    private static void ReadLifecycle(ManifestSection section)
    {
        switch (section.Choice(ManifestKeys.Lifecycle, "buildpack", "docker", "cnb"))
        {
            case "cnb":
                section.Error(ManifestKeys.Lifecycle, ManifestMessages.NotCarriedOut(section.Where, ManifestKeys.Lifecycle, ManifestKeys.CnbLifecycle));
                break;
            case "buildpack" when section.Has(ManifestKeys.Docker):
                section.Error(ManifestKeys.Lifecycle, ManifestMessages.Together(section.Where, "lifecycle: buildpack", ManifestKeys.Docker, "delete one of them"));
                break;
            case "docker" when !section.Has(ManifestKeys.Docker):
                section.Error(ManifestKeys.Lifecycle, ManifestMessages.NoDockerImage(section.Where));
                break;
        }
    }

    private static string? ReadStack(ManifestSection section)
    {
        if (section.Text(ManifestKeys.Stack) is { } stack)
        {
            if (stack.StartsWith("windows", StringComparison.OrdinalIgnoreCase))
                section.Error(ManifestKeys.Stack, ManifestMessages.WindowsStack(section.Where, stack));
            else
                section.Warning(ManifestKeys.Stack, ManifestMessages.WithoutEffect(section.Where, ManifestKeys.Stack, ManifestKeys.StackIsBerths));
        }
        if (section.Has(ManifestKeys.Buildpack) && section.Has(ManifestKeys.Buildpacks))
            section.Error(ManifestKeys.Buildpack, ManifestMessages.Together(section.Where, ManifestKeys.Buildpack, ManifestKeys.Buildpacks, "keep buildpacks"));
        List<string> asked = [];
        foreach (var item in section.List(ManifestKeys.Buildpacks, "a list of texts"))
        {
            if (item is not YamlScalar { IsText: true } scalar)
                section.Error(ManifestKeys.Buildpacks, ManifestMessages.WrongType(section.Where, ManifestKeys.Buildpacks, "a list of texts", $"a list with {item.KindName} in it"));
            else if (scalar.Text.Length is 0 or > MaxBuildpackLength)
                section.Error(ManifestKeys.Buildpacks, ManifestMessages.Length(section.Where, ManifestKeys.Buildpacks, MaxBuildpackLength));
            else
                asked.Add(scalar.Text);
        }
        var key = asked.Count > 0 ? ManifestKeys.Buildpacks : ManifestKeys.Buildpack;
        if (section.Text(ManifestKeys.Buildpack, MaxBuildpackLength) is { } single && single is not ("default" or "null"))
            asked.Add(single);
        var stacks = asked.Select(name => (Name: name, Stack: BuildpackNames.StackOf(name))).ToList();
        foreach (var (name, _) in stacks.Where(item => item.Stack is null))
            section.Error(key, ManifestMessages.UnknownBuildpack(section.Where, name));
        var distinct = stacks.Select(item => item.Stack).OfType<string>().Distinct().ToList();
        if (distinct.Count > 1)
            section.Error(key, ManifestMessages.SeveralBuildpacks(section.Where));
        return distinct.FirstOrDefault();
    }

    private static void CheckCarriedOut(ManifestSection section, FileDiagnostics diagnostics)
    {
        if (section.Mapping(ManifestKeys.Metadata) is { } metadata)
        {
            var parts = ManifestSection.OpenExact(metadata, $"{section.Where}, metadata", ["labels", "annotations"], diagnostics);
            _ = (parts.Mapping("labels"), parts.Mapping("annotations"));
            section.Warning(ManifestKeys.Metadata, ManifestMessages.WithoutEffect(section.Where, ManifestKeys.Metadata, ManifestKeys.MetadataIsNotKept));
        }
        if (section.Mapping(ManifestKeys.Features) is { } features)
        {
            var parts = ManifestSection.OpenExact(features, $"{section.Where}, features", FeatureNames, diagnostics);
            foreach (var name in FeatureNames)
                parts.Flag(name);
            section.Warning(ManifestKeys.Features, ManifestMessages.WithoutEffect(section.Where, ManifestKeys.Features, ManifestKeys.FeaturesAreFixed));
        }
        CheckServices(section, diagnostics);
    }

    private static void CheckServices(ManifestSection section, FileDiagnostics diagnostics)
    {
        const string Expected = "a list of service instances";
        var items = section.List(ManifestKeys.Services, Expected);
        foreach (var item in items)
        {
            if (item is YamlMapping mapping)
            {
                var service = ManifestSection.OpenExact(mapping, $"{section.Where}, services", ["name", "parameters", "binding_name"], diagnostics);
                _ = (service.Text("name"), service.Text("binding_name"), service.Mapping("parameters"));
            }
            else if (item is not YamlScalar { IsText: true })
            {
                section.Error(ManifestKeys.Services, ManifestMessages.WrongType(section.Where, ManifestKeys.Services, Expected, $"a list with {item.KindName} in it"));
            }
        }
        if (items.Count > 0)
            section.Error(ManifestKeys.Services, ManifestMessages.NotCarriedOut(section.Where, ManifestKeys.Services, ManifestKeys.ServiceBindings));
    }
}
