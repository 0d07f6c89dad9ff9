namespace Berth.EndToEnd.Tests.Running;

/// <summary>What an app in the uptime test runs: busybox alone, so that it starts in no time.</summary>
internal static class UptimeImage
{
    /// <summary>A page that comes line by line, for two seconds.</summary>
    public const string StreamPath = "/cgi-bin/stream";

    public const string EchoPath = "/echo";

    /// <summary>Two services do not listen on one port, so what upgrades connections is an app of its own: it echoes what it gets, and answers all other requests with 204.</summary>
    public const string Echo = """
        echo 'read -r method path rest; while read -r line && [ ${#line} -gt 1 ]; do :; done; [ "$path" = /echo ] || { printf "HTTP/1.1 204 No Content\\r\\nConnection: close\\r\\n\\r\\n"; exit; }; printf "HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n"; exec cat' >/tmp/echo; exec nc -ll -p $PORT -e sh /tmp/echo
        """;

    /// <summary>The whole text of <see cref="StreamPath"/>.</summary>
    public static string StreamText { get; } = string.Concat(Enumerable.Range(1, 20).Select(i => $"line {i}\n")) + "end\n";

    /// <summary>Shows <paramref name="name"/> and the variable GREETING at <c>/</c>, and streams.</summary>
    public static string Pages(string name) =>
        $$"""
        mkdir -p /www/cgi-bin; echo '#!/bin/sh' >/www/cgi-bin/stream; echo 'printf "Content-Type: text/plain\\r\\n\\r\\n"; for i in $(seq 20); do echo line $i; sleep 0.1; done; echo end' >>/www/cgi-bin/stream; chmod +x /www/cgi-bin/stream; echo "{{name}} $GREETING" >/www/index.html; exec httpd -f -p $PORT -h /www
        """;
}
