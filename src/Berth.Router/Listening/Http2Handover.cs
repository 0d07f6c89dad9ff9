using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Berth.Router.Sessions;
using Microsoft.AspNetCore.Connections;

namespace Berth.Router.Listening;

/// <summary>Gives a connection that turned out to speak HTTP/2 to the server for it, together with the bytes that were received already.</summary>
public sealed class Http2Handover(HandedConnections http2)
{
    private long _last;

    /// <summary>Returns when the connection has been served.</summary>
    public async Task ServeAsync(SocketConnection client, ReadOnlyMemory<byte> received)
    {
        // From here on the server has limits of its own.
        client.StopReceiveClock();
        var stream = new NetworkStream(client.Socket, ownsSocket: false);
        await using (stream)
        {
            var pipe = new Pipe(received, stream);
            var connection = new HandedConnection(new DefaultConnectionContext(Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture), pipe, pipe)
            {
                RemoteEndPoint = client.Socket.RemoteEndPoint,
                LocalEndPoint = client.Socket.LocalEndPoint,
            });
            if (http2.Hand(connection))
                await connection.Ended;
        }
    }

    private sealed class Pipe(ReadOnlyMemory<byte> received, NetworkStream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(new PrefixedStream(received, stream));

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
