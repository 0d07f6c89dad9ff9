using System.Text;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>What an app in the uptime test runs: busybox alone, so that it starts in no time.</summary>
internal static class UptimeImage
{
    /// <summary>A page that comes line by line, for two seconds.</summary>
    public const string StreamPath = "/cgi-bin/stream";

    public const string EchoPath = "/echo";

    /// <summary>
    /// A WebSocket server in shell: the handshake of RFC 6455 section 4.2.2, then each frame of up to 125 bytes is sent back unmasked, a close frame as the last.
    /// Requests for another path are answered with 204.
    /// </summary>
    private const string EchoScript = """
        read -r method path rest
        while read -r line && [ ${#line} -gt 1 ]; do
            case $line in [Ss]ec-[Ww]eb[Ss]ocket-[Kk]ey:*) key=${line#*: }; key=${key%?} ;; esac
        done
        [ "$path" = /echo ] || { printf 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'; exit; }
        accept=$(printf %s258EAFA5-E914-47DA-95CA-C5AB0DC85B11 "$key" | sha1sum | cut -c1-40 | xxd -r -p | base64)
        printf 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n' "$accept"
        while head=$(dd bs=1 count=2 2>/dev/null | xxd -p) && [ ${#head} = 4 ]; do
            length=$((0x${head#??} & 127))
            masked=$(dd bs=1 count=$((length + 4)) 2>/dev/null | xxd -p | tr -d '\n')
            text= i=0
            while [ $i -lt $length ]; do
                text="$text\\x$(printf %02x $((0x${masked:$((8 + 2 * i)):2} ^ 0x${masked:$((2 * (i % 4))):2})))"
                i=$((i + 1))
            done
            printf "\\x${head%??}\\x$(printf %02x $length)$text"
            [ "${head%??}" != 88 ] || exit
        done
        """;

    /// <summary>Two services do not listen on one port, so what speaks WebSocket is an app of its own.</summary>
    public static string Echo { get; } = $"echo {Convert.ToBase64String(Encoding.ASCII.GetBytes(EchoScript))} | base64 -d >/tmp/echo; exec nc -ll -p $PORT -e sh /tmp/echo";

    /// <summary>The whole text of <see cref="StreamPath"/>.</summary>
    public static string StreamText { get; } = string.Concat(Enumerable.Range(1, 20).Select(i => $"line {i}\n")) + "end\n";

    /// <summary>Shows <paramref name="name"/> and the variable GREETING at <c>/</c>, and streams.</summary>
    public static string Pages(string name) =>
        $$"""
        mkdir -p /www/cgi-bin; echo '#!/bin/sh' >/www/cgi-bin/stream; echo 'printf "Content-Type: text/plain\\r\\n\\r\\n"; for i in $(seq 20); do echo line $i; sleep 0.1; done; echo end' >>/www/cgi-bin/stream; chmod +x /www/cgi-bin/stream; echo "{{name}} $GREETING" >/www/index.html; exec httpd -f -p $PORT -h /www
        """;
}
