using System.Globalization;
using Berth.Cli.Settings;
using Berth.Definitions;
using Berth.Engines.Docker;
using Berth.Engines.Processes;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <summary>Services with an image of their own, run by the Docker Engine that is here. Each is published on its <c>PORT</c> of this machine, for it alone.</summary>
internal sealed class DevContainers(DockerEngineOptions options, TimeProvider time, string app) : IDisposable
{
    private const string Address = "127.0.0.1";

    private readonly DockerImages _images = new(options, time);
    private readonly LocalContainers _containers = new(options, time);

    /// <summary>Null where there is no engine: then every service that needs one is named as left out.</summary>
    public static async Task<DevContainers?> FindAsync(CommandContext context, string app, IReadOnlyList<DevProcess> services, CancellationToken ct)
    {
        if (services.Count == 0)
            return null;
        string? reason = null;
        try
        {
            var host = new DockerHostOptions { StateDirectory = ServerChoice.StateFolder(context), DockerHost = context.Environment("DOCKER_HOST") };
            if (await DockerHost.FindAsync(host, context.Time, ct).ConfigureAwait(false) is { } found)
                return new DevContainers(new DockerEngineOptions { Socket = found.Socket, Owner = "" }, context.Time, app);
        }
        catch (EngineException e)
        {
            reason = e.Message;
        }
        foreach (var service in services.Select(s => s.Service))
            context.Warn(reason is null ? DevMessages.NoEngine(service.Name, service.Image!) : DevMessages.NoEngine(service.Name, service.Image!, reason));
        return null;
    }

    /// <summary>Pulls the image where it is not here, and starts it.</summary>
    /// <returns>The container, and the variables by which other services find it.</returns>
    /// <exception cref="CliException">It cannot be started.</exception>
    public async Task<(LocalContainer Container, IReadOnlyList<EnvVar> Address)> StartAsync(
        DevProcess process, DevEnvironment environment, Action<string> say, OutputHandler output, CancellationToken ct)
    {
        var service = process.Service;
        try
        {
            var image = await _images.FindImageAsync(service.Image!, ct).ConfigureAwait(false) ?? await _images.PullImageAsync(service.Image!, say, ct).ConfigureAwait(false);
            if (ImageServices.Problems(service, image) is [var problem, ..])
                throw new CliException(ExitCodes.Failed, DevMessages.BadContainer(service.Name, problem.Message));
            int? port = ServicePort.Resolve(service, image) ?? (image.ExposedTcpPorts.Count == 1 ? image.ExposedTcpPorts[0] : null);
            var container = await _containers.StartAsync(new LocalContainerSpec
            {
                Name = $"berth-dev-{app}-{service.Name}",
                ImageId = image.Id,
                Command = StartCommand.Resolve(service, image.Entrypoint.Count > 0),
                Env = environment.ForContainer(process, port),
                Port = port,
                HostPort = process.Port,
            }, output, ct).ConfigureAwait(false);
            say(DevMessages.StartedContainer(service.Image!, port, process.Port));
            return (container, port is null ? [] : AddressOf(process));
        }
        catch (EngineException e)
        {
            throw new CliException(ExitCodes.Failed, DevMessages.BadContainer(service.Name, e.Message));
        }
    }

    public void Dispose()
    {
        _images.Dispose();
        _containers.Dispose();
    }

    /// <summary><c>POSTGRES_HOST</c> and <c>POSTGRES_PORT</c>.</summary>
    private static IReadOnlyList<EnvVar> AddressOf(DevProcess process)
    {
        var name = process.Service.Name.ToUpperInvariant().Replace('-', '_');
        return [new($"{name}_HOST", Address), new($"{name}_PORT", process.Port.ToString(CultureInfo.InvariantCulture))];
    }
}
