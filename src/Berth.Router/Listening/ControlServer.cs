using System.Net.Sockets;
using Berth.Router.Requests;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Berth.Router.Listening;

/// <summary>
/// The control socket: a server of its own, so that no request from a client can reach it. The socket is made under another name and
/// renamed: so it is never seen with wider rights than its owner's, a stale one is replaced, and a router that closes late removes
/// only its own.
/// </summary>
public sealed class ControlServer : IAsyncDisposable
{
    /// <summary>Longest path of a unix socket on Linux, without the final zero.</summary>
    private const int MaxSocketPath = 107;

    private readonly string _path;
    private readonly string _temporary;
    private readonly KestrelServer _server;
    private readonly RouterApplication _application;

    public ControlServer(string path, RequestDelegate handler, ILoggerFactory loggers)
    {
        _path = path;
        _temporary = $"{path}.{Environment.ProcessId}";
        if (System.Text.Encoding.UTF8.GetByteCount(_temporary) > MaxSocketPath)
            throw new RouterStartException(RouterStartError.BadSocketPath, RouterMessages.SocketPathTooLong(path, MaxSocketPath - 10));
        _application = new RouterApplication(handler);
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.ListenUnixSocket(_temporary, listen => listen.Protocols = HttpProtocols.Http1);
        // A slow disk or a busy machine on control's side is no attack.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        _server = new KestrelServer(Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>Whether a router listens on the socket.</summary>
    public static async Task<bool> IsAnsweredAsync(string path, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.Delete(_temporary);
        await _server.StartAsync(_application, ct);
        File.SetUnixFileMode(_temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(_temporary, _path, overwrite: true);
    }

    public Task StopAsync(CancellationToken ct) => _server.StopAsync(ct);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }
}
