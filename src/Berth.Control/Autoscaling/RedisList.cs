using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Control.Autoscaling;

/// <summary>Asks a Redis for the length of one list: the four commands and the three kinds of reply (RESP 2) that this takes, on a connection of its own.</summary>
internal static class RedisList
{
    private const int LongestLine = 1024;

    /// <param name="url">With its password as user information, the number of its database as the path, and the list as the fragment.</param>
    /// <param name="address">Where its host is.</param>
    /// <exception cref="QueueException">It refused, or said something else.</exception>
    public static async Task<long> LengthAsync(Uri url, IPEndPoint address, CancellationToken ct)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address, ct);
        await using var stream = new NetworkStream(socket);
        if (url.UserInfo.Length > 0)
        {
            string[] words = [.. url.UserInfo.Split(':', 2).Where(word => word.Length > 0).Select(Uri.UnescapeDataString)];
            await AskAsync(url, stream, ["AUTH", .. words], ct);
        }
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            await AskAsync(url, stream, ["SELECT", database], ct);
        var answer = await AskAsync(url, stream, ["LLEN", Uri.UnescapeDataString(url.Fragment[1..])], ct);
        return answer is [':', .. var number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new QueueException(QueueMessages.NoNumber(answer));
    }

    /// <summary>The first line of the reply; the replies to these commands have no other.</summary>
    private static async Task<string> AskAsync(Uri url, NetworkStream stream, IReadOnlyList<string> command, CancellationToken ct)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (var word in command)
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), ct);
        var line = await ReadLineAsync(stream, ct);
        return line is ['-', .. var reason] ? throw new QueueException(QueueMessages.Refused(url.Host, reason)) : line;
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken ct)
    {
        var line = new byte[LongestLine];
        for (var length = 0; length < line.Length; length++)
        {
            if (await stream.ReadAsync(line.AsMemory(length, 1), ct) == 0)
                throw new IOException("the connection was closed");
            if (line[length] == '\n')
                return Encoding.UTF8.GetString(line, 0, length).TrimEnd('\r');
        }
        throw new QueueException(QueueMessages.TooLong(LongestLine));
    }
}
