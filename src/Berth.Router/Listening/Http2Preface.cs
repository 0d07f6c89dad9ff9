using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Berth.Router.Listening;

/// <summary>
/// Tells HTTP/2 without TLS from HTTP/1.1 by a connection's first bytes. Kestrel itself serves only one of the two on a port without TLS,
/// so connections that begin with HTTP/2's preface are handed to a second server. Nothing is consumed.
/// </summary>
public sealed class Http2Preface(HandedConnections http2, TimeSpan limit, TimeProvider time)
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public ConnectionDelegate Sort(ConnectionDelegate http1) => async connection =>
    {
        switch (await BeginsAsHttp2Async(connection))
        {
            case true:
                await HandOverAsync(connection);
                break;
            case false:
                await http1(connection);
                break;
            default:
                connection.Abort(new ConnectionAbortedException("nothing came"));
                break;
        }
    };

    /// <summary>Null: the client sent nothing in time, or went.</summary>
    private async Task<bool?> BeginsAsHttp2Async(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        using var timeout = new CancellationTokenSource(limit, time);
        using var onClose = connection.ConnectionClosed.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(timeout.Token);
                var begins = Begins(read.Buffer);
                if (begins is not null || read.IsCompleted)
                {
                    // What was looked at is there for the next reader.
                    input.AdvanceTo(read.Buffer.Start);
                    return begins ?? false;
                }
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return null;
        }
    }

    /// <summary>Null: too few bytes to say.</summary>
    private static bool? Begins(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        int length = (int)Math.Min(buffer.Length, first.Length);
        buffer.Slice(0, length).CopyTo(first);
        if (!Preface.StartsWith(first[..length]))
            return false;
        return length == Preface.Length ? true : null;
    }

    private async Task HandOverAsync(ConnectionContext connection)
    {
        var handed = new HandedConnection(connection);
        if (http2.Hand(handed))
            await handed.Ended;
        else
            connection.Abort(new ConnectionAbortedException("the router stops"));
    }
}
