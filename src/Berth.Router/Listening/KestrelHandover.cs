using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Berth.Router.Sessions;
using Berth.Router.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Router.Listening;

/// <summary>Gives a connection that a server of Kestrel's is to go on with to it, together with the bytes that were received already.</summary>
public sealed class KestrelHandover(HandedConnections server)
{
    private long _last;

    /// <summary>Returns when the connection has been served.</summary>
    public async Task ServeAsync(SocketConnection client, ReadOnlyMemory<byte> received)
    {
        // From here on the server has limits of its own.
        client.StopReceiveClock();
        var tls = client as TlsConnection;
        Stream stream = tls is null ? new NetworkStream(client.Socket, ownsSocket: false) : tls.Stream;
        await using (stream)
        {
            var pipe = new Pipe(received, stream);
            var context = new DefaultConnectionContext(Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture), pipe, pipe)
            {
                RemoteEndPoint = client.Socket.RemoteEndPoint,
                LocalEndPoint = client.Socket.LocalEndPoint,
            };
            if (tls is not null)
            {
                var facts = new TlsFacts(tls.Stream);
                context.Features.Set<ITlsConnectionFeature>(facts);
                context.Features.Set<ITlsHandshakeFeature>(facts);
                context.Features.Set<ITlsApplicationProtocolFeature>(facts);
            }
            var connection = new HandedConnection(context);
            if (server.Hand(connection))
                await connection.Ended;
        }
    }

    private sealed class Pipe(ReadOnlyMemory<byte> received, Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(new PrefixedStream(received, stream));

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
