using System.Globalization;
using Berth.Definitions.Yaml;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>Reads <c>env</c>. Values become texts as Cloud Foundry makes them: <c>yes</c> is "true", 1.10 is "1.1"; a warning says so where that is not what is written.</summary>
internal static class ManifestEnvReader
{
    public static IReadOnlyList<EnvVar> Read(ManifestSection application, FileDiagnostics diagnostics)
    {
        List<EnvVar> variables = [];
        foreach (var (key, value) in application.Mapping(ManifestKeys.Env)?.Entries ?? [])
        {
            if (KeyProblem(application.Where, key.Text) is { } problem)
                diagnostics.Error(key.Offset, problem);
            if (ValueOf(application.Where, key.Text, value, diagnostics) is { } text)
                variables.Add(new EnvVar(key.Text, text));
        }
        return variables;
    }

    private static Problem? KeyProblem(string where, string key)
    {
        if (key.Length == 0 || key.AsSpan().ContainsAny('=', '\0'))
            return ManifestMessages.BadEnvKey(where, key);
        if (key.Equals("PORT", StringComparison.OrdinalIgnoreCase))
            return ManifestMessages.ReservedEnvKey(where, key, "PORT");
        if (key.StartsWith("VCAP_", StringComparison.OrdinalIgnoreCase))
            return ManifestMessages.ReservedEnvKey(where, key, "VCAP_…");
        return key.StartsWith("VMC", StringComparison.OrdinalIgnoreCase) ? ManifestMessages.ReservedEnvKey(where, key, "VMC…") : null;
    }

    private static string? ValueOf(string where, string key, YamlNode value, FileDiagnostics diagnostics)
    {
        switch (value)
        {
            case YamlUnknown:
                return null;
            case YamlScalar scalar when scalar.Text.Contains('\0', StringComparison.Ordinal):
                diagnostics.Error(value.Offset, ManifestMessages.NulInValue(where, $"{ManifestKeys.Env}: {key}"));
                return null;
            case YamlScalar scalar:
                var text = TextOf(scalar);
                if (text != scalar.Text && !scalar.IsNull)
                    diagnostics.Warning(value.Offset, ManifestMessages.EnvTextChanged(where, key, scalar.Text, text));
                return text;
            default:
                diagnostics.Error(value.Offset, ManifestMessages.EnvIsNoText(where, key, value.KindName));
                return null;
        }
    }

    private static string TextOf(YamlScalar scalar)
    {
        if (scalar.IsNull)
            return "";
        if (scalar.Truth is { } truth)
            return truth ? "true" : "false";
        if (scalar.Integer is { } integer)
            return integer.ToString(CultureInfo.InvariantCulture);
        if (scalar.Real is not { } real)
            return scalar.Text;
        var text = real.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }
}
