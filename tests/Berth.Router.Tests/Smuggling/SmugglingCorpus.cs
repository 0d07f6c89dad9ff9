namespace Berth.Router.Tests.Smuggling;

/// <summary>
/// Requests by which attackers have made two servers disagree, or that are malformed in a way that could: by what RFC 9112 and 9110 forbid, and by what has been
/// published about request smuggling. <c>~</c> stands for CRLF, so that a line shows a whole request.
/// </summary>
public static class SmugglingCorpus
{
    /// <summary>Status, name, request. None of these may reach a sandbox.</summary>
    public static IEnumerable<(int Status, string Name, string Request)> Refused =>
        [.. RequestLines, .. Targets, .. Hosts, .. Lengths, .. Codings, .. Headers, .. Controls(), .. Sizes()];

    private static IEnumerable<(int, string, string)> RequestLines =>
    [
        (400, "a method with a colon", "GE:T / HTTP/1.1~Host: a~~"),
        (400, "a method with a slash", "GET/ / HTTP/1.1~Host: a~~"),
        (400, "a method in brackets", "[GET] / HTTP/1.1~Host: a~~"),
        (400, "a method with a byte above ASCII", "G\u00c9T / HTTP/1.1~Host: a~~"),
        (400, "no method", " / HTTP/1.1~Host: a~~"),
        (400, "blanks before the method", "  GET / HTTP/1.1~Host: a~~"),
        (400, "a tab before the method", "\tGET / HTTP/1.1~Host: a~~"),
        (400, "a tab after the method", "GET\t/ HTTP/1.1~Host: a~~"),
        (400, "two blanks after the method", "GET  / HTTP/1.1~Host: a~~"),
        (400, "two blanks before the version", "GET /  HTTP/1.1~Host: a~~"),
        (400, "a blank after the version", "GET / HTTP/1.1 ~Host: a~~"),
        (400, "a tab before the version", "GET /\tHTTP/1.1~Host: a~~"),
        (400, "something after the version", "GET / HTTP/1.1 x~Host: a~~"),
        (400, "no version", "GET /~Host: a~~"),
        (400, "HTTP/0.9", "GET /~~"),
        (400, "a version in lower case", "GET / http/1.1~Host: a~~"),
        (400, "a version without a dot", "GET / HTTP/11~Host: a~~"),
        (400, "a version with three digits", "GET / HTTP/1.10~Host: a~~"),
        (400, "a version with a comma", "GET / HTTP/1,1~Host: a~~"),
        (400, "a version with a letter", "GET / HTTP/1.x~Host: a~~"),
        (400, "a version with a sign", "GET / HTTP/+1.1~Host: a~~"),
        (400, "another protocol", "GET / HTTQ/1.1~Host: a~~"),
        (400, "another protocol, ICAP", "GET / ICAP/1.0~Host: a~~"),
        (505, "version 0.9", "GET / HTTP/0.9~Host: a~~"),
        (505, "version 1.2", "GET / HTTP/1.2~Host: a~~"),
        (505, "version 2.0", "GET / HTTP/2.0~Host: a~~"),
        (505, "version 9.9", "GET / HTTP/9.9~Host: a~~"),
        (505, "HTTP/2's preface after a request's method", "PRI / HTTP/2.0~~SM~~"),
        (400, "two empty lines first", "~~GET / HTTP/1.1~Host: a~~"),
        (400, "a bare LF first", "\nGET / HTTP/1.1~Host: a~~"),
        (400, "a bare CR first", "\rGET / HTTP/1.1~Host: a~~"),
        (400, "a bare LF after the line", "GET / HTTP/1.1\nHost: a~~"),
        (400, "a bare CR after the line", "GET / HTTP/1.1\rHost: a~~"),
        (400, "CR CR LF after the line", "GET / HTTP/1.1\r\r\nHost: a~~"),
        (400, "only LFs", "GET / HTTP/1.1\nHost: a\n\n"),
        (400, "a TLS hello", "\u0016\u0003\u0001\u0001\u0000\u0001"),
        (400, "an SSH greeting", "SSH-2.0-OpenSSH_9.2~~"),
        (400, "a redis command", "*1~$4~PING~~"),
        (400, "a mail greeting", "EHLO a~~"),
        (400, "a response", "HTTP/1.1 200 OK~Content-Length: 0~~"),
        (400, "CONNECT", "CONNECT a:443 HTTP/1.1~Host: a:443~~"),
        (400, "CONNECT to a path", "CONNECT / HTTP/1.1~Host: a~~"),
        (400, "a comment after the version", "GET / HTTP/1.1#~Host: a~~"),
        (400, "percent for the blank", "GET%20/ HTTP/1.1~Host: a~~"),
    ];

    private static IEnumerable<(int, string, string)> Targets =>
    [
        (400, "an asterisk", "OPTIONS * HTTP/1.1~Host: a~~"),
        (400, "an asterisk with GET", "GET * HTTP/1.1~Host: a~~"),
        (400, "a relative path", "GET a HTTP/1.1~Host: a~~"),
        (400, "a query alone", "GET ?a HTTP/1.1~Host: a~~"),
        (400, "a fragment alone", "GET #a HTTP/1.1~Host: a~~"),
        (400, "a backslash for the slash", "GET \\ HTTP/1.1~Host: a~~"),
        (400, "a blank within", "GET /a b HTTP/1.1~Host: a~~"),
        (400, "a second request line within", "GET /a HTTP/1.1 /b HTTP/1.1~Host: a~~"),
        (400, "a byte above ASCII", "GET /\u00e9 HTTP/1.1~Host: a~~"),
        (400, "a blank of no width in UTF-8", "GET /\u00e2\u0080\u008b HTTP/1.1~Host: a~~"),
        (400, "another scheme", "GET ftp://a/ HTTP/1.1~Host: a~~"),
        (400, "file", "GET file:///etc/passwd HTTP/1.1~Host: a~~"),
        (400, "a scheme without slashes", "GET http:a HTTP/1.1~Host: a~~"),
        (400, "a scheme with one slash", "GET http:/a HTTP/1.1~Host: a~~"),
        (400, "no authority", "GET http:/// HTTP/1.1~Host: a~~"),
        (400, "an authority that is only a query", "GET http://?a HTTP/1.1~Host: a~~"),
        (400, "another host", "GET http://b/ HTTP/1.1~Host: a~~"),
        (400, "another port", "GET http://a:81/ HTTP/1.1~Host: a~~"),
        (400, "a user", "GET http://user@a/ HTTP/1.1~Host: a~~"),
        (400, "a user that looks like the host", "GET http://a@b/ HTTP/1.1~Host: a~~"),
        (400, "a host that goes on", "GET http://a.evil/ HTTP/1.1~Host: a~~"),
        (400, "an absolute target without Host", "GET http://a/ HTTP/1.1~~"),
        (400, "an absolute target and an empty Host", "GET http://a/ HTTP/1.1~Host:~~"),
        (400, "the form of CONNECT", "GET a:80 HTTP/1.1~Host: a~~"),
    ];

    private static IEnumerable<(int, string, string)> Hosts =>
    [
        (400, "none", "GET / HTTP/1.1~~"),
        (400, "none, but another header", "GET / HTTP/1.1~X-Host: a~~"),
        (400, "two that differ", "GET / HTTP/1.1~Host: a~Host: b~~"),
        (400, "two that are the same", "GET / HTTP/1.1~Host: a~Host: a~~"),
        (400, "two, the second in capitals", "GET / HTTP/1.1~Host: a~HOST: b~~"),
        (400, "two in HTTP/1.0", "GET / HTTP/1.0~Host: a~Host: b~~"),
        (400, "two, the first empty", "GET / HTTP/1.1~Host:~Host: b~~"),
        (400, "a list", "GET / HTTP/1.1~Host: a, b~~"),
        (400, "a blank within", "GET / HTTP/1.1~Host: a b~~"),
        (400, "a tab within", "GET / HTTP/1.1~Host: a\tb~~"),
        (400, "a path", "GET / HTTP/1.1~Host: a/b~~"),
        (400, "a URL", "GET / HTTP/1.1~Host: http://a~~"),
        (400, "a query", "GET / HTTP/1.1~Host: a?b~~"),
        (400, "a fragment", "GET / HTTP/1.1~Host: a#b~~"),
        (400, "a user", "GET / HTTP/1.1~Host: user@a~~"),
        (400, "a backslash", "GET / HTTP/1.1~Host: a\\b~~"),
        (400, "a percent sign", "GET / HTTP/1.1~Host: a%00b~~"),
        (400, "a quote", "GET / HTTP/1.1~Host: \"a\"~~"),
        (400, "an angle bracket", "GET / HTTP/1.1~Host: <a>~~"),
        (400, "a port that is no number", "GET / HTTP/1.1~Host: a:b~~"),
        (400, "a port with a sign", "GET / HTTP/1.1~Host: a:+80~~"),
        (400, "a port too long", "GET / HTTP/1.1~Host: a:123456~~"),
        (400, "two ports", "GET / HTTP/1.1~Host: a:80:80~~"),
        (400, "a port alone", "GET / HTTP/1.1~Host: :80~~"),
        (400, "an open bracket", "GET / HTTP/1.1~Host: [::1~~"),
        (400, "a closed bracket", "GET / HTTP/1.1~Host: ::1]~~"),
        (400, "empty brackets", "GET / HTTP/1.1~Host: []~~"),
        (400, "a name in brackets", "GET / HTTP/1.1~Host: [evil]~~"),
        (400, "something after brackets", "GET / HTTP/1.1~Host: [::1]evil~~"),
        (400, "bytes above ASCII", "GET / HTTP/1.1~Host: \u00e9~~"),
        (400, "an underscore for a second Host, as CGI reads it", "GET / HTTP/1.1~Host: a~HO_ST: b~Content_Length: 3~~"),
    ];

    private static IEnumerable<(int, string, string)> Lengths =>
    [
        .. from bad in (string[])["+5", "-5", "-0", "+0", "0x5", "5x", "x5", "5 5", "5, 5", "5,", ",5", "5;5", "5.0", "5e0", "\"5\"", "'5'", "5_0", "0b1", "\u0665", "\u00b2", "five", "", " ", "\t",
                "99999999999999999999", "9223372036854775808", "18446744073709551621", "00000000000000000000005", "NaN", "5\u00a0"]
           select (400, $"Content-Length \"{bad}\"", $"POST / HTTP/1.1~Host: a~Content-Length: {bad}~~hello"),
        (400, "two lengths", "POST / HTTP/1.1~Host: a~Content-Length: 5~Content-Length: 6~~hello!"),
        (400, "the same length twice", "POST / HTTP/1.1~Host: a~Content-Length: 5~Content-Length: 5~~hello"),
        (400, "two lengths, the first empty", "POST / HTTP/1.1~Host: a~Content-Length:~Content-Length: 5~~hello"),
        (400, "two lengths, far apart and in other cases", "POST / HTTP/1.1~content-length: 5~Host: a~X: y~CONTENT-LENGTH: 0~~hello"),
        (400, "two lengths in HTTP/1.0", "POST / HTTP/1.0~Content-Length: 5~Content-Length: 0~~hello"),
        (400, "a blank before the colon", "POST / HTTP/1.1~Host: a~Content-Length : 5~~hello"),
        (400, "a tab before the colon", "POST / HTTP/1.1~Host: a~Content-Length\t: 5~~hello"),
        (400, "a length folded", "POST / HTTP/1.1~Host: a~Content-Length:~ 5~~hello"),
        (400, "a length folded by a tab", "POST / HTTP/1.1~Host: a~Content-Length: 1~\t5~~hello"),
        (400, "a length with an underscore", "POST / HTTP/1.1~Host: a~Content_Length: 5~~hello"),
        (400, "a length with an underscore beside a real one", "POST / HTTP/1.1~Host: a~Content-Length: 5~content_length: 0~~hello"),
        (400, "a length hidden behind a bare CR", "POST / HTTP/1.1~Host: a~X: y\rContent-Length: 5~~hello"),
        (400, "a length hidden behind a bare LF", "POST / HTTP/1.1~Host: a~X: y\nContent-Length: 5~~hello"),
    ];

    private static IEnumerable<(int, string, string)> Codings =>
    [
        .. from bad in (string[])["identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,", ", chunked", "chunked;q=1", "chunked x", "x chunked", "xchunked", "chunkedx", "chunke", "\"chunked\"",
                "'chunked'", "chun ked", "chunked\u00a0", "\u00ffchunked", "", "cow", "chunked, identity", "identity, chunked", "compress", "deflate"]
           select (400, $"Transfer-Encoding \"{bad}\"", $"POST / HTTP/1.1~Host: a~Transfer-Encoding: {bad}~~0~~"),
        (400, "length before chunked", "POST / HTTP/1.1~Host: a~Content-Length: 5~Transfer-Encoding: chunked~~0~~"),
        (400, "chunked before length", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Content-Length: 5~~0~~"),
        (400, "chunked and a length of 0", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Content-Length: 0~~0~~"),
        (400, "chunked and a length nominated away", "POST / HTTP/1.1~Host: a~Connection: Content-Length~Transfer-Encoding: chunked~Content-Length: 5~~0~~"),
        (400, "length and chunked nominated away", "POST / HTTP/1.1~Host: a~Connection: Transfer-Encoding~Transfer-Encoding: chunked~Content-Length: 5~~0~~"),
        (400, "chunked twice", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~0~~"),
        (400, "chunked, then identity", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~"),
        (400, "identity, then chunked", "POST / HTTP/1.1~Host: a~Transfer-Encoding: identity~Transfer-Encoding: chunked~~0~~"),
        (400, "a blank before the colon", "POST / HTTP/1.1~Host: a~Transfer-Encoding : chunked~~0~~"),
        (400, "folded", "POST / HTTP/1.1~Host: a~Transfer-Encoding:~ chunked~~0~~"),
        (400, "folded after it", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~ x~~0~~"),
        (400, "a blank first on its line", "POST / HTTP/1.1~Host: a~ Transfer-Encoding: chunked~~0~~"),
        (400, "an underscore", "POST / HTTP/1.1~Host: a~Transfer_Encoding: chunked~Content-Length: 5~~hello"),
        (400, "an underscore alone", "POST / HTTP/1.1~Host: a~transfer_encoding: chunked~~0~~"),
        (400, "in HTTP/1.0", "POST / HTTP/1.0~Transfer-Encoding: chunked~~0~~"),
        (400, "in HTTP/1.0 with a length", "POST / HTTP/1.0~Transfer-Encoding: chunked~Content-Length: 5~~0~~"),
        (400, "a vertical tab before it", "POST / HTTP/1.1~Host: a~Transfer-Encoding:\vchunked~~0~~"),
        (400, "a form feed after it", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked\f~~0~~"),
        (400, "a NUL after it", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked\0~~0~~"),
        (400, "a bare CR after it", "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked\r~~0~~"),
        (400, "hidden behind a bare LF", "POST / HTTP/1.1~Host: a~X: y\nTransfer-Encoding: chunked~~0~~"),
        (400, "a NUL in the name", "POST / HTTP/1.1~Host: a~Transfer\0-Encoding: chunked~~0~~"),
        (400, "a byte above ASCII in the name", "POST / HTTP/1.1~Host: a~Transfer-Encod\u00efng: chunked~~0~~"),
        (400, "on GET, with a length", "GET / HTTP/1.1~Host: a~Content-Length: 44~Transfer-Encoding: chunked~~0~~GET /admin HTTP/1.1~Host: a~~"),
    ];

    private static IEnumerable<(int, string, string)> Headers =>
    [
        (400, "no colon", "GET / HTTP/1.1~Host: a~Nonsense~~"),
        (400, "no name", "GET / HTTP/1.1~Host: a~: b~~"),
        (400, "a blank before the name", "GET / HTTP/1.1~Host: a~ X: b~~"),
        (400, "the first header begins with a blank", "GET / HTTP/1.1~ Host: a~~"),
        (400, "the first header begins with a tab", "GET / HTTP/1.1~\tHost: a~~"),
        (400, "a blank in the name", "GET / HTTP/1.1~Host: a~X Y: b~~"),
        (400, "a blank before the colon", "GET / HTTP/1.1~Host: a~X : b~~"),
        (400, "Host with a blank before the colon", "GET / HTTP/1.1~Host : a~~"),
        (400, "folded by a blank", "GET / HTTP/1.1~Host: a~X: b~ c~~"),
        (400, "folded by a tab", "GET / HTTP/1.1~Host: a~X: b~\tc~~"),
        (400, "a line of blanks", "GET / HTTP/1.1~Host: a~ ~~"),
        .. from bad in "\"(),/;<=>?@[\\]{}" select (400, $"a name with {bad}", $"GET / HTTP/1.1~Host: a~X{bad}Y: b~~"),
        (400, "a name with a byte above ASCII", "GET / HTTP/1.1~Host: a~X\u00ff: b~~"),
        (400, "a bare CR within a value", "GET / HTTP/1.1~Host: a~X: b\rc~~"),
        (400, "a bare LF within a value", "GET / HTTP/1.1~Host: a~X: b\nc~~"),
        (400, "a bare CR at a value's end", "GET / HTTP/1.1~Host: a~X: b\r\r\n~"),
        (400, "LF CR for CRLF", "GET / HTTP/1.1~Host: a~X: b\n\rY: c~~"),
        (400, "a bare LF before the empty line", "GET / HTTP/1.1~Host: a\n~"),
        (400, "an empty line of LF", "GET / HTTP/1.1~Host: a~\nX: y~~"),
        (400, "a chunk of another request for a header", "GET / HTTP/1.1~Host: a~GET /admin HTTP/1.1~~"),
        (400, "too many names in Connection", $"GET / HTTP/1.1~Host: a~Connection: {string.Join(',', Enumerable.Range(0, 100).Select(i => $"x{i}"))}~~"),
    ];

    /// <summary>Every control character but the tab, in a name, a value, the target and the method.</summary>
    private static IEnumerable<(int, string, string)> Controls() =>
        from code in Enumerable.Range(0, 32).Append(127)
        where code is not ('\t' or '\r' or '\n')
        from place in (string[])["GET / HTTP/1.1~Host: a~X{0}Y: b~~", "GET / HTTP/1.1~Host: a~X: b{0}c~~", "GET /{0} HTTP/1.1~Host: a~~", "G{0}T / HTTP/1.1~Host: a~~"]
        select (400, $"control {code} in {place}", place.Replace("{0}", ((char)code).ToString(), StringComparison.Ordinal));

    private static IEnumerable<(int, string, string)> Sizes() =>
    [
        (431, "101 headers", $"GET / HTTP/1.1~Host: a~{string.Concat(Enumerable.Range(0, 100).Select(i => $"X{i}: a~"))}~"),
        (431, "a value of 40 KB", $"GET / HTTP/1.1~Host: a~X: {new string('a', 40_000)}~~"),
        (431, "a name of 40 KB", $"GET / HTTP/1.1~Host: a~{new string('a', 40_000)}: b~~"),
        (431, "a head that never ends", $"GET / HTTP/1.1~Host: a~X: {new string('a', 40_000)}"),
        (414, "a target of 20 KB", $"GET /{new string('a', 20_000)} HTTP/1.1~Host: a~~"),
        (414, "a method of 20 KB", $"{new string('A', 20_000)} / HTTP/1.1~Host: a~~"),
    ];

    /// <summary>Chunked bodies that must not look whole to a sandbox; each would be followed by a smuggled request.</summary>
    public static IEnumerable<(string Name, string Body)> BadBodies =>
    [
        .. from bad in (string[])["", "x", "-1", "+5", "0x5", "5x", " 5", "5 ", "5\t", "5 ;a", "\t5", "5;a\rb", "5;a\nb", "5;a\0b", "5,5", "5.", "5\r", "5\n", "5\u00a0", "g", "00000000000000005", "FFFFFFFFFFFFFFFF", "10000000000000005", "5;" + new string('a', 300)]
           select ($"size \"{bad[..Math.Min(bad.Length, 20)]}\"", $"{bad}~hello~0~~"),
        ("more bytes than said", "4~hello~0~~"),
        ("fewer bytes than said", "6~hello~0~~"),
        ("a bare LF after the size", "5\nhello~0~~"),
        ("a bare CR after the size", "5\rhello~0~~"),
        ("a bare LF after the data", "5~hello\n0~~"),
        ("a bare CR after the data", "5~hello\r0~~"),
        ("nothing after the data", "5~hello0~~"),
        ("an extra CR after the data", "5~hello\r\r\n0~~"),
        ("a bare LF after the last size", "5~hello~0\n~"),
        ("a bare LF at the end", "5~hello~0~\n"),
        ("a bare CR at the end", "5~hello~0~\rx"),
        ("a trailer without colon", "5~hello~0~X~~"),
        ("a trailer without name", "5~hello~0~: b~~"),
        ("a trailer with a blank before the colon", "5~hello~0~X : b~~"),
        ("a folded trailer", "5~hello~0~X: b~ c~~"),
        ("a trailer with a bare LF", "5~hello~0~X: b\n~"),
        ("a trailer with a NUL", "5~hello~0~X: \0~~"),
        ("a Content-Length for a trailer", "5~hello~0~Content-Length: 5~~"),
        ("a Content_Length for a trailer", "5~hello~0~Content_Length: 5~~"),
        ("a Transfer-Encoding for a trailer", "5~hello~0~Transfer-Encoding: chunked~~"),
        ("a Host for a trailer", "5~hello~0~Host: b~~"),
        ("a client's address for a trailer", "5~hello~0~X-Forwarded-For: 6.6.6.6~~"),
        ("a client's address, disguised, for a trailer", "5~hello~0~x_forwarded_for: 6.6.6.6~~"),
        ("a request line for a trailer", "5~hello~0~GET /admin HTTP/1.1~~"),
        ("endless trailers", "5~hello~0~" + string.Concat(Enumerable.Repeat("X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa~", 300)) + "~"),
    ];

    public static string Bytes(string shown) => shown.Replace("~", "\r\n", StringComparison.Ordinal);
}
