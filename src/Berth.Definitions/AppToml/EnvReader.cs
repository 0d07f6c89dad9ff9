using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>What a list of variables says.</summary>
/// <param name="Sensitive">Keys whose values are not shown unasked.</param>
internal sealed record AppTomlEnv(IReadOnlyList<EnvVar> Variables, IReadOnlyList<RequiredVariable> Required, IReadOnlyList<string> Sensitive);

/// <summary>Reads <c>[[env]]</c> and <c>[[services.NAME.env]]</c>.</summary>
internal static class EnvReader
{
    /// <summary>In the order of the file; of two with the same key the later counts, with a warning.</summary>
    /// <param name="service">Whose variables they are; null: all services'.</param>
    public static AppTomlEnv Read(TomlSection owner, string? service)
    {
        var variables = new OrderedDictionary<string, EnvVar?>(StringComparer.Ordinal);
        var required = new OrderedDictionary<string, RequiredVariable>(StringComparer.Ordinal);
        var sensitive = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var section in owner.Sections("env", AppTomlSchema.EnvVar))
        {
            if (!section.Has("key"))
                section.Error("key", DefinitionMessages.MissingKey(section.Path, "key", "key = \"NAME\""));
            var isRequired = section.Flag("required") ?? false;
            var isSensitive = section.Flag("sensitive") ?? false;
            var description = section.Text("description");
            var value = section.Text("value");
            if (ReadKey(section) is not { } key)
                continue;
            if (variables.ContainsKey(key))
                section.Warning("key", DefinitionMessages.EnvTwice(key));
            // These are declared here and set on the server: an empty value of the file's must not stand in their way.
            var isDeclared = (isRequired || isSensitive) && string.IsNullOrWhiteSpace(value);
            if (!section.Has("value") && !isDeclared)
                section.Warning("value", DefinitionMessages.EnvWithoutValue(key));
            variables[key] = isDeclared ? null : new EnvVar(key, value ?? "");
            if (isSensitive)
                sensitive.Add(key);
            required.Remove(key);
            if (isRequired)
                required.Add(key, new RequiredVariable(key, service, description));
        }
        return new AppTomlEnv([.. variables.Values.OfType<EnvVar>()], [.. required.Values], [.. sensitive]);
    }

    private static string? ReadKey(TomlSection section)
    {
        if (section.Text("key") is not { } key)
            return null;
        if (key.Length > 0 && !key.Contains('=', StringComparison.Ordinal))
            return key;
        section.Error("key", DefinitionMessages.BadEnvKey(section.Qualified("key"), key));
        return null;
    }
}
