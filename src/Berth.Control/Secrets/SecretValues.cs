using Berth.Model;

namespace Berth.Control.Secrets;

/// <summary>Which values are secret: those that a person set as such, and those that the app's files call sensitive.</summary>
internal static class SecretValues
{
    public static IEnumerable<string> Of(IEnumerable<EnvVar> config) => config.Where(v => v.Secret).Select(v => v.Value);

    public static IEnumerable<string> Of(Release release) =>
        Of(release.Config).Concat(Sensitive(release.FileEnv.Concat(release.Config).Concat(release.Services.SelectMany(s => Of(s.Definition))), release.SensitiveEnv));

    public static IEnumerable<string> Of(AppDefinition definition) => Sensitive(definition.Env.Concat(definition.Services.SelectMany(Of)), definition.SensitiveEnv);

    private static IEnumerable<EnvVar> Of(ServiceDefinition service) => service.Env.Concat(service.Sidecars.SelectMany(sidecar => sidecar.Env));

    private static IEnumerable<string> Sensitive(IEnumerable<EnvVar> variables, IReadOnlyList<string> keys) => variables.Where(v => keys.Contains(v.Key)).Select(v => v.Value);
}
