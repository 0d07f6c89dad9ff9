using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads the tables <c>[[services.NAME.sidecars]]</c> of one service.</summary>
internal static class SidecarReader
{
    /// <param name="service">Whose sidecars they are.</param>
    /// <param name="env">Gets what their variables add to the service's required and sensitive ones.</param>
    public static IReadOnlyList<SidecarDefinition> Read(TomlSection owner, string service, ref AppTomlEnv env)
    {
        List<SidecarDefinition> sidecars = [];
        foreach (var section in owner.Sections("sidecars", AppTomlSchema.Sidecar))
        {
            var own = EnvReader.Read(section, service);
            // Only those without a value: the service's variables are looked at for these, not the sidecar's.
            var unset = own.Required.Where(required => !own.Variables.Any(v => v.Key == required.Key));
            env = env with { Required = [.. env.Required, .. unset], Sensitive = [.. env.Sensitive, .. own.Sensitive] };
            var sidecar = ReadSidecar(section, own.Variables);
            if (sidecars.Exists(other => other.Name == sidecar.Name && sidecar.Name.Length > 0))
                section.Error("name", DefinitionMessages.SidecarTwice(section.Qualified("name"), sidecar.Name));
            sidecars.Add(sidecar);
        }
        return sidecars;
    }

    private static SidecarDefinition ReadSidecar(TomlSection section, IReadOnlyList<EnvVar> env)
    {
        if (!section.Has("name"))
            section.Error("name", DefinitionMessages.MissingKey(section.Path, "name", "name = \"proxy\""));
        if (!section.Has("command") && !section.Has("image"))
            section.Error("command", DefinitionMessages.MissingKey(section.Path, "command", "command = \"…\""));
        var name = section.Word("name");
        if (name is not null && (name.Length > SidecarDefinition.MaxNameLength || name.Any(char.IsControl)))
            section.Error("name", DefinitionMessages.BadSidecarName(section.Qualified("name"), name, SidecarDefinition.MaxNameLength));
        return new SidecarDefinition
        {
            Name = name ?? "",
            Command = section.Word("command"),
            Image = AppTomlServiceReader.ReadImage(section),
            Env = env,
            MemoryBytes = section.Size("memory", AppTomlRanges.MinMemory, AppTomlRanges.MaxMemory),
            Cpu = section.Number("cpu", AppTomlRanges.MinCpu, AppTomlRanges.MaxCpu),
        };
    }
}
