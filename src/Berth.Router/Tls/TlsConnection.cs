using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Berth.Router.Sessions;

namespace Berth.Router.Tls;

/// <summary>A client's connection with TLS. Deadlines, end and reset are the socket's.</summary>
public sealed class TlsConnection : SocketConnection
{
    public TlsConnection(Socket socket)
        : base(socket) => Stream = new SslStream(new NetworkStream(socket, ownsSocket: false));

    public SslStream Stream { get; }

    public override string Scheme => "https";

    /// <summary>False: the client went, was too slow, speaks no TLS that is spoken here, or asks for a host without a certificate.</summary>
    public async Task<bool> HandshakeAsync(Certificates certificates)
    {
        try
        {
            await Stream.AuthenticateAsServerAsync(
                static (_, hello, state, _) => ValueTask.FromResult(((Certificates)state!).Find(hello.ServerName) ?? throw new AuthenticationException("no certificate")),
                certificates, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return false;
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await Stream.ReadAsync(buffer);
        }
        catch (Exception e) when (IsBroken(e))
        {
            return ReceiveIsOverdue ? 0 : -1;
        }
    }

    public override async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Stream.WriteAsync(bytes);
            return bytes.Length;
        }
        catch (Exception e) when (IsBroken(e))
        {
            return -1;
        }
    }

    public override void Close(bool reset = false)
    {
        base.Close(reset);
        Stream.Dispose();
    }

    /// <summary>Says so by TLS too: else the other side could not tell an end from a cut.</summary>
    public override void EndSending() => _ = EndSendingAsync();

    private async Task EndSendingAsync()
    {
        try
        {
            await Stream.ShutdownAsync();
        }
        catch (Exception e) when (IsBroken(e))
        {
            // Then there is nobody to tell.
        }
        base.EndSending();
    }

    // The last: a stream that is closed, or used while it is being closed, by another thread.
    private static bool IsBroken(Exception e) => e is IOException or SocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException or NotSupportedException;
}
