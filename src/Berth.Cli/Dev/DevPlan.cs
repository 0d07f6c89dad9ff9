using System.Globalization;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <param name="Name">The service's name and a number from 1: <c>web.1</c>.</param>
/// <param name="Port">Its <c>PORT</c>.</param>
/// <param name="Place">Of the service among all, from 0: chooses the colour.</param>
internal sealed record DevProcess(string Name, ServiceDefinition Service, int Port, int Place);

/// <summary>What <c>berth dev</c> is to run.</summary>
internal sealed record DevPlan
{
    /// <summary>foreman's first port.</summary>
    public const int DefaultPort = 5000;

    /// <summary>Between the first ports of two services, as foreman has it.</summary>
    private const int PortsOfAService = 100;

    /// <summary>With a command: run here.</summary>
    public required IReadOnlyList<DevProcess> Processes { get; init; }

    /// <summary>With an image of their own: run by an engine, once each.</summary>
    public required IReadOnlyList<DevProcess> Containers { get; init; }

    /// <summary>Neither: what they run is in an image that a deployment builds.</summary>
    public required IReadOnlyList<ServiceDefinition> LeftOut { get; init; }

    /// <summary>Sidecars that run with an image of their own, or beside a service that does.</summary>
    public required IReadOnlyList<(string Service, SidecarDefinition Sidecar)> LeftOutSidecars { get; init; }

    public TimeSpan LongestStopTimeout => Processes.Concat(Containers).Select(p => p.Service.StopTimeout).DefaultIfEmpty().Max();

    public int NameWidth => Processes.Concat(Containers).Select(p => p.Name.Length).Append(DevOutput.System.Length).Max();

    /// <param name="chosen">Only these; empty: all.</param>
    /// <exception cref="CliException">A service is named that the app does not have, or the ports do not suffice.</exception>
    public static DevPlan Of(AppDefinition definition, IReadOnlyList<string> chosen, Formation formation, int basePort)
    {
        var names = definition.Services.Select(s => s.Name).ToList();
        foreach (var name in chosen.Concat(formation.Named).Where(n => !names.Contains(n)))
            throw CliException.Usage(DevMessages.NoSuchService(name, Nearest.To(name, names), names));
        List<DevProcess> processes = [];
        List<DevProcess> containers = [];
        List<ServiceDefinition> leftOut = [];
        List<(string, SidecarDefinition)> leftOutSidecars = [];
        for (int place = 0; place < definition.Services.Count; place++)
        {
            var service = definition.Services[place];
            int count = chosen.Count == 0 ? formation.Of(service.Name) : chosen.Contains(service.Name) ? formation.OfChosen(service.Name) : 0;
            if (count > 0 && service is { Image: null, Command: null })
                leftOut.Add(service);
            else if (count > 0 && service.Image is not null)
                containers.Add(Process(service, place, 1));
            else
                processes.AddRange(Enumerable.Range(1, count).SelectMany(number => WithSidecars(Process(service, place, number))));
            if (count > 0)
                leftOutSidecars.AddRange(service.Sidecars.Where(sidecar => !IsRun(service, sidecar)).Select(sidecar => (service.Name, sidecar)));
        }
        return new DevPlan { Processes = processes, Containers = containers, LeftOut = leftOut, LeftOutSidecars = leftOutSidecars };

        DevProcess Process(ServiceDefinition service, int place, int number)
        {
            int port = basePort + PortsOfAService * place + number - 1;
            var name = string.Create(CultureInfo.InvariantCulture, $"{service.Name}.{number}");
            return port <= ushort.MaxValue ? new DevProcess(name, service, port, place) : throw CliException.Usage(DevMessages.PortTooHigh(name, port, basePort));
        }
    }

    /// <summary>All processes share this machine's 127.0.0.1, as those of a sandbox share theirs.</summary>
    private static IEnumerable<DevProcess> WithSidecars(DevProcess process) =>
    [
        process,
        .. from sidecar in process.Service.Sidecars
           where IsRun(process.Service, sidecar)
           select process with
           {
               Name = Names.LogSource(process.Name, sidecar.Name),
               Service = process.Service with { Command = sidecar.Command, Env = EnvVars.Merge(process.Service.Env, sidecar.Env) },
           },
    ];

    private static bool IsRun(ServiceDefinition service, SidecarDefinition sidecar) => service is { Image: null, Command: not null } && sidecar is { Image: null, Command: not null };
}
