using System.Net.Security;
using System.Net.Sockets;
using Berth.Control.Logs;

namespace Berth.Control.Drains;

/// <summary>Syslog over one TCP connection, with TLS or without. It has no receipts: what was written when a connection breaks may not have come.</summary>
internal sealed class SyslogTarget(Uri url, RemoteCertificateValidationCallback? trust) : IDrainTarget
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream? _stream;

    public async Task SendAsync(string app, IReadOnlyList<LogRecord> lines, CancellationToken ct)
    {
        _stream ??= await ConnectAsync(ct);
        // A receiver that has hung up is noticed before something is written that nobody reads.
        if (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && _socket.Available == 0)
            throw new IOException("the receiver has closed the connection");
        using var batch = new MemoryStream();
        foreach (var line in lines)
            SyslogMessage.Write(batch, Environment.MachineName, app, line);
        await _stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), ct);
        await _stream.FlushAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<Stream> ConnectAsync(CancellationToken ct)
    {
        var tls = url.Scheme == "syslog+tls";
        await _socket.ConnectAsync(url.IdnHost, url.Port > 0 ? url.Port : tls ? DrainUrl.SyslogTlsPort : DrainUrl.SyslogPort, ct);
        var plain = new NetworkStream(_socket, ownsSocket: false);
        if (!tls)
            return plain;
        var secure = new SslStream(plain);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.IdnHost, RemoteCertificateValidationCallback = trust }, ct);
        return secure;
    }
}
