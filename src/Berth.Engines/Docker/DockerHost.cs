using System.Net.Sockets;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// The engine that Berth uses: one that runs already, or else one of its own, which outlives Berth and is found again by its
/// socket.
/// </summary>
public sealed class DockerHost
{
    private readonly DockerDaemon _daemon;

    private DockerHost(string socket, DockerDaemon daemon, bool isOwn)
    {
        Socket = socket;
        _daemon = daemon;
        IsOwn = isOwn;
    }

    /// <summary>Path of the engine's unix socket.</summary>
    public string Socket { get; }

    /// <summary>Whether it is the engine that Berth started, now or earlier.</summary>
    public bool IsOwn { get; }

    /// <summary>
    /// In this order: the socket asked for (option, then <c>DOCKER_HOST</c>) and no other; the system's; Berth's own; a new one of Berth's own.
    /// </summary>
    /// <exception cref="EngineException">None answers and none can be started. The message says what to install or do.</exception>
    public static async Task<DockerHost> FindOrStartAsync(DockerHostOptions options, TimeProvider time, CancellationToken ct)
    {
        var daemon = new DockerDaemon(options, time);
        if (AskedFor(options) is { } asked)
        {
            return await AnswersAsync(asked, options, time, ct)
                ? new DockerHost(asked, daemon, isOwn: false)
                : throw new EngineException(EngineError.Unreachable, EngineMessages.AskedSocketSilent(asked));
        }
        if (await AnswersAsync(options.SystemSocket, options, time, ct))
            return new DockerHost(options.SystemSocket, daemon, isOwn: false);
        if (!await AnswersAsync(daemon.Socket, options, time, ct))
            await daemon.StartAsync(token => AnswersAsync(daemon.Socket, options, time, token), ct);
        return new DockerHost(daemon.Socket, daemon, isOwn: true);
    }

    /// <summary>
    /// Ends the engine if Berth started it, now or earlier; any other is left alone. Sandboxes go on running and are found again at the next start
    /// (live restore): remove them first where they should end too.
    /// </summary>
    public Task StopAsync(CancellationToken ct) => IsOwn ? _daemon.StopAsync(ct) : Task.CompletedTask;

    private static string? AskedFor(DockerHostOptions options)
    {
        if (options.Socket is { Length: > 0 } socket)
            return socket.StartsWith("unix://", StringComparison.Ordinal) ? socket["unix://".Length..] : socket;
        if (options.DockerHost is not { Length: > 0 } address)
            return null;
        return address.StartsWith("unix:///", StringComparison.Ordinal)
            ? address["unix://".Length..]
            : throw new EngineException(EngineError.Unreachable, EngineMessages.BadDockerHost(address));
    }

    /// <summary>Whether an engine listens there that Berth can speak with.</summary>
    /// <exception cref="EngineException">It is there, but this user may not use it, or it is too old.</exception>
    private static async Task<bool> AnswersAsync(string socket, DockerHostOptions options, TimeProvider time, CancellationToken ct)
    {
        if (!File.Exists(socket))
            return false;
        using var client = new DockerClient(new DockerEngineOptions { Socket = socket, Owner = "", CallTimeout = options.ProbeTimeout }, time);
        try
        {
            return (await client.GetAsync("/_ping", ct)).Ok;
        }
        catch (EngineException e) when (e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new EngineException(EngineError.Unreachable, EngineMessages.SocketDenied(socket), e);
        }
        catch (EngineException e) when (e.Error == EngineError.Unreachable)
        {
            return false;
        }
    }
}
