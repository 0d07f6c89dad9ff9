using Berth.Model;

namespace Berth.Definitions;

/// <summary>Whether an app's config has what its files ask for.</summary>
public static class RequiredVariables
{
    /// <summary>One problem that names all required variables without a value, or null. A value of blanks is none.</summary>
    /// <param name="config">What a person has set; it wins over what the files say for all services.</param>
    public static Diagnostic? Missing(AppDefinition definition, IReadOnlyList<EnvVar> config)
    {
        var forAll = EnvVars.Merge(definition.Env, config);
        var missing = definition.RequiredEnv.Where(variable => !HasValue(Environment(variable.Service), variable.Key)).ToList();
        return missing.Count == 0 ? null : DefinitionMessages.RequiredEnvMissing(missing).In(null);

        IReadOnlyList<EnvVar> Environment(string? service) =>
            definition.Services.FirstOrDefault(s => s.Name == service) is { } own ? EnvVars.Merge(forAll, own.Env) : forAll;
    }

    private static bool HasValue(IReadOnlyList<EnvVar> env, string key) => env.Any(variable => variable.Key == key && !string.IsNullOrWhiteSpace(variable.Value));
}
