using System.Text;
using Berth.Definitions.Procfile;
using Berth.Definitions.Toml;
using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>The app.toml that <c>berth init</c> begins with: the app's name, and as comments what could be said of its services.</summary>
public static class FirstAppToml
{
    /// <param name="services">Those of the folder's Procfile; empty where it has none.</param>
    /// <param name="detected">What the detected stack would start as <c>web</c>; null: no stack, or it starts nothing by itself.</param>
    public static string Write(string name, IReadOnlyList<ProcfileEntry> services, string? detected = null)
    {
        var text = new StringBuilder();
        text.Append("# How Berth runs this app. What is not said here has a default: berth deploy --analyze shows each.\n");
        text.Append("name = ").Append(TomlText.Quoted(name)).Append('\n');
        text.Append("\n# Variables for all services. Secrets are better set by: berth env set KEY=VALUE\n");
        text.Append("# [[env]]\n# key = \"GREETING\"\n# value = \"hello\"\n\n");
        if (services.Count == 0)
        {
            text.Append(detected is null ? "# A service.\n" : "# A service, if what was detected is not the one.\n");
            return text.Append("# [services.web]\n# command = ").Append(detected is null ? "\"…\"" : TomlText.Quoted(detected)).Append('\n').ToString();
        }
        text.Append("# The Procfile names the services and their commands. A table says more of one.\n");
        foreach (var service in services)
            AppendService(text, service.Name);
        return text.ToString();
    }

    private static void AppendService(StringBuilder text, string service)
    {
        var usual = ServiceDefaults.ScalingOf(service);
        text.Append("# [services.").Append(service).Append("]\n# memory = \"1G\"\n");
        text.Append("# [services.").Append(service).Append(".concurrency]\n# ");
        text.Append(usual.Mode == ScalingMode.Auto ? $"max_instances = {usual.MaxInstances}" : $"num_instances = {usual.Instances}").Append('\n');
    }
}
