using Berth.Definitions.Procfile;
using Berth.Model;

namespace Berth.Definitions.CfManifest;

/// <summary>
/// Makes services out of a manifest's processes and a Procfile. Counts are fixed: 1 for <c>web</c>, 0 for any other process that says nothing. The
/// manifest's command wins over the Procfile's.
/// </summary>
internal static class ManifestServices
{
    private const string Web = "web";

    /// <summary><c>PORT</c> in Cloud Foundry.</summary>
    private const int Port = 8080;

    /// <summary>The manifest's processes first, then those that only the Procfile names, each with its sidecars.</summary>
    public static (IReadOnlyList<ServiceDefinition> Services, IReadOnlyList<Diagnostic> Problems) Combine(ManifestApplication application, ProcfileContent? procfile, StackDefault? stack)
    {
        var processes = application.Processes.ToDictionary(process => process.Type, StringComparer.OrdinalIgnoreCase);
        var commands = (procfile?.Services ?? []).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        List<ServiceDefinition> services = [.. application.Processes.Select(process => FromProcess(process, Supplied(process.Type)))];
        List<Diagnostic> problems = [];
        foreach (var entry in procfile?.Services ?? [])
        {
            if (!processes.TryGetValue(entry.Name, out var other))
                services.Add(FromProcess(new ManifestProcess { Type = entry.Name, File = application.File, Line = application.Line }, Supplied(entry.Name)));
            else if (other.Type != entry.Name)
                problems.Add(DefinitionMessages.ServiceNamesClash(entry.Name, other.Type, other.Source).In(procfile!.Name) with { Line = entry.Line, Column = 1 });
        }
        // Cloud Foundry gives every application a web process; without anything to run in it there is none.
        if (!services.Exists(service => service.Name == Web) && (services.Count == 0 || stack is not null || application.Image is not null))
            services.Insert(0, FromProcess(new ManifestProcess { Type = Web, File = application.File, Line = application.Line }, Supplied(Web)));
        problems.AddRange(StraySidecars(application, [.. services.Select(service => service.Name)]));
        return ([.. services.Select(service => service with { Sidecars = SidecarsOf(service.Name, application) })], problems);

        (string Command, string Source)? Supplied(string type) =>
            commands.TryGetValue(type, out var entry) ? (entry.Command, $"{procfile!.Name}:{entry.Line}")
            : type == Web && stack is not null ? (stack.WebCommand, $"stack {stack.Stack}")
            : null;
    }

    private static ServiceDefinition FromProcess(ManifestProcess process, (string Command, string Source)? supplied)
    {
        if (process.Command is not null)
            supplied = null;
        var service = new ServiceDefinition
        {
            Name = process.Type,
            Command = process.Command ?? supplied?.Command,
            Scaling = Scaling.FixedAt(process.Instances ?? (process.Type == Web ? 1 : 0)),
            Health = process.Health,
            DefaultPort = Port,
            Source = supplied is null ? process.Source : $"{process.Source}, {supplied.Value.Source}",
        };
        // A process that is checked by its port must be told which one it is.
        if (!service.IsRoutable && process.Health is { Kind: not HealthCheckKind.Process })
            service = service with { Port = Port };
        service = service with { MemoryBytes = process.MemoryBytes ?? service.MemoryBytes };
        return service with { Defaults = [.. Defaults(process, service)] };
    }

    private static IReadOnlyList<SidecarDefinition> SidecarsOf(string process, ManifestApplication application) =>
    [
        .. from sidecar in application.Sidecars
           where sidecar.ProcessTypes.Contains(process)
           select new SidecarDefinition { Name = sidecar.Name, Command = sidecar.Command, MemoryBytes = sidecar.MemoryBytes },
    ];

    /// <summary>Cloud Foundry reads over process types that there are not; what was meant to run there does not.</summary>
    private static IEnumerable<Diagnostic> StraySidecars(ManifestApplication application, IReadOnlyList<string> processes) =>
        from sidecar in application.Sidecars
        from type in sidecar.ProcessTypes.Except(processes)
        select ManifestMessages.SidecarOfNoProcess($"application \"{application.Name}\"", sidecar.Name, type, processes).In(application.File) with { Line = sidecar.Line, Column = 1, Severity = Severity.Warning };

    private static IEnumerable<string> Defaults(ManifestProcess process, ServiceDefinition service)
    {
        if (service.Command is null)
            yield return "command: the image's own";
        if (process.Instances is null)
            yield return $"instances {service.Scaling.Instances}";
        if (service is { IsRoutable: true, Port: null })
            yield return $"port: the only one that the image EXPOSEs, else {service.DefaultPort}";
        if (process.MemoryBytes is null)
            yield return $"memory {ByteSize.Format(service.MemoryBytes)}";
    }
}
