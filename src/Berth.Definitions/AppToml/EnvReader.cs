using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads <c>[[env]]</c> and <c>[[services.NAME.env]]</c>.</summary>
internal static class EnvReader
{
    /// <summary>In the order of the file; of two with the same key the later counts, with a warning.</summary>
    public static IReadOnlyList<EnvVar> Read(TomlSection owner)
    {
        var variables = new OrderedDictionary<string, EnvVar>(StringComparer.Ordinal);
        foreach (var section in owner.Sections("env", AppTomlSchema.EnvVar))
        {
            if (!section.Has("key"))
                section.Error("key", DefinitionMessages.MissingKey(section.Path, "key", "key = \"NAME\""));
            if (ReadKey(section) is not { } key)
                continue;
            if (!section.Has("value"))
                section.Warning("value", DefinitionMessages.EnvWithoutValue(key));
            if (variables.ContainsKey(key))
                section.Warning("key", DefinitionMessages.EnvTwice(key));
            variables[key] = new EnvVar(key, section.Text("value") ?? "");
        }
        return [.. variables.Values];
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
