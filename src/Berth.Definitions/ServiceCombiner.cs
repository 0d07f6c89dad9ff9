using Berth.Definitions.AppToml;
using Berth.Definitions.Procfile;
using Berth.Model;

namespace Berth.Definitions;

/// <summary>
/// Makes services out of what the files and the stack say. Of two that name the same service, app.toml wins key by key and
/// the Procfile supplies the command that app.toml lacks.
/// </summary>
internal static class ServiceCombiner
{
    /// <summary>app.toml's services first, then those that only the Procfile names; the stack's <c>web</c> only where there are none.</summary>
    public static (IReadOnlyList<ServiceDefinition> Services, IReadOnlyList<Diagnostic> Clashes) Combine(
        IReadOnlyList<AppTomlService> appToml, ProcfileContent? procfile, StackDefault? stack)
    {
        var defined = appToml.ToDictionary(service => service.Name, StringComparer.OrdinalIgnoreCase);
        var commands = new Dictionary<string, ProcfileEntry>(StringComparer.Ordinal);
        List<ServiceDefinition> fromProcfile = [];
        List<Diagnostic> clashes = [];
        foreach (var entry in procfile?.Services ?? [])
        {
            if (!defined.TryGetValue(entry.Name, out var other))
                fromProcfile.Add(FromCommand(entry.Name, entry.Command, Place(procfile!, entry)));
            else if (other.Name == entry.Name)
                commands.Add(entry.Name, entry);
            else
                clashes.Add(DefinitionMessages.ServiceNamesClash(entry.Name, other.Name, other.Source).In(procfile!.Name) with { Line = entry.Line, Column = 1 });
        }
        List<ServiceDefinition> services =
            [.. appToml.Select(service => FromAppToml(service, CommandFor(service, procfile, commands, stack))), .. fromProcfile];
        if (services.Count == 0 && stack is not null)
            services.Add(FromCommand("web", stack.WebCommand, $"stack {stack.Stack}"));
        return (services, clashes);
    }

    /// <summary>A command that app.toml lacks, and where it is from; null: the image's own.</summary>
    private static (string Command, string Source)? CommandFor(
        AppTomlService service, ProcfileContent? procfile, Dictionary<string, ProcfileEntry> commands, StackDefault? stack)
    {
        if (service.Command is not null || service.Args is not null)
            return null;
        if (commands.TryGetValue(service.Name, out var entry))
            return (entry.Command, Place(procfile!, entry));
        return service is { Name: "web", Image: null } && stack is not null ? (stack.WebCommand, $"stack {stack.Stack}") : null;
    }

    private static ServiceDefinition FromAppToml(AppTomlService written, (string Command, string Source)? supplied)
    {
        var unset = new ServiceDefinition { Name = written.Name, Scaling = ServiceDefaults.ScalingOf(written.Name), Source = written.Source };
        var service = unset with
        {
            Command = written.Command ?? supplied?.Command,
            Args = written.Args,
            Image = written.Image,
            Port = written.Port,
            Env = written.Env,
            Scaling = written.Scaling?.Scaling ?? unset.Scaling,
            MemoryBytes = written.MemoryBytes ?? unset.MemoryBytes,
            Cpu = written.Cpu,
            StopTimeout = written.StopTimeout ?? unset.StopTimeout,
            Quiet = written.Quiet,
            Overlap = written.Overlap,
            Health = written.Health,
            Disks = written.Disks,
            Sidecars = written.Sidecars,
            Source = supplied is null ? written.Source : $"{written.Source}, {supplied.Value.Source}",
        };
        return service with { Defaults = ServiceDefaults.InWords(service, written) };
    }

    public static ServiceDefinition FromCommand(string name, string? command, string source)
    {
        var service = new ServiceDefinition { Name = name, Command = command, Scaling = ServiceDefaults.ScalingOf(name), Source = source };
        return service with { Defaults = ServiceDefaults.InWords(service, written: null) };
    }

    private static string Place(ProcfileContent procfile, ProcfileEntry entry) => $"{procfile.Name}:{entry.Line}";
}
