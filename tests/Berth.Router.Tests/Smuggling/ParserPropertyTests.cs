using System.Globalization;
using System.Net;
using System.Text;
using Berth.Router.Http1;

namespace Berth.Router.Tests.Smuggling;

/// <summary>The parsers against a slow reference, on hundreds of thousands of heads and bodies that are nearly right. Each test's inputs are the same in every run.</summary>
public sealed class ParserPropertyTests
{
    private const int Cases = 100_000;

    private static readonly RouterOptions Options = new() { Http = [new IPEndPoint(IPAddress.Loopback, 0)], ControlSocket = "", StateFolder = "" };

    private static readonly string[] Lines =
    [
        "Host: a", "Host: a.test:8080", "Host: [::1]:80", "host:b", "Content-Length: 5", "content-length:0", "Content-Length: 12 ", "Transfer-Encoding: chunked", "TRANSFER-ENCODING:\tChunked",
        "Transfer-Encoding: gzip", "Connection: close", "Connection: keep-alive, X-A", "X-A: b", "X-B:", "Cookie: a=b; c=d", "X_C: d", "Accept: text/html", "Content_Length: 5", "Upgrade: websocket", "Expect: 100-continue",
    ];

    private static readonly string[] Strange = ["\r", "\n", "\r\n", " ", "\t", ":", "\0", "\u00ff", ",", ";", "_", "+", "0", "5", "A", "/", "HTTP/1.1", "\u007f", "\v", "X-Z: z\r\n", "Y: 3\r\n"];

    private static readonly string[] ChunkParts =
        ["0\r\n", "5\r\nhello\r\n", "1\r\na\r\n", "a\r\n0123456789\r\n", "0a;x=y\r\n0123456789\r\n", "0\r\n\r\n", "X: y\r\n", "\r\n", "00\r\n", "3\r\nab\r\n", "2;\"a b\"\r\n\r\n\r\n", "A: \r\n"];

    [Fact]
    public void A_head_is_taken_or_refused_as_the_reference_says()
    {
        var random = new Random(20260101);
        var head = new RequestHead();
        int taken = 0;
        for (int i = 0; i < Cases; i++)
        {
            var text = Head(random);
            // Only what the parser is given: up to the first empty line.
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            text = text[..(end + 4)];
            var fault = RequestHeadParser.Parse(Encoding.Latin1.GetBytes(text), Options, head);
            var framing = fault is not null ? null : head.Chunked ? "chunked" : head.ContentLength < 0 ? "none" : head.ContentLength.ToString(CultureInfo.InvariantCulture);
            Assert.True(SlowReference.Framing(text) == framing, $"{Shown(text)} is {SlowReference.Framing(text) ?? "refused"} for the reference, {framing ?? "refused"} for the parser");
            taken += fault is null ? 1 : 0;
        }
        Assert.InRange(taken, Cases / 20, Cases - Cases / 20);
    }

    [Fact]
    public void What_is_written_for_the_sandbox_is_read_as_the_same_request()
    {
        var random = new Random(20260102);
        var (first, second) = (new RequestHead(), new RequestHead());
        var client = new ClientFacts(IPAddress.Loopback, "http", trusted: false);
        int compared = 0;
        for (int i = 0; i < Cases; i++)
        {
            var bytes = Encoding.Latin1.GetBytes(Head(random));
            int end = RequestHeadParser.FindEnd(bytes);
            if (end < 0 || RequestHeadParser.Parse(bytes.AsSpan(0, end), Options, first) is not null)
                continue;
            var (length, chunked, host) = (first.ContentLength, first.Chunked, Encoding.Latin1.GetString(bytes.AsSpan(0, end)[first.Host]));
            var written = new byte[RequestHeadWriter.MaxLength(end)];
            int count = RequestHeadWriter.Write(bytes.AsSpan(0, end), first, client, written);
            var text = Encoding.Latin1.GetString(written, 0, count);
            Assert.True(RequestHeadParser.FindEnd(written.AsSpan(0, count)) == count, $"the head ends early: {Shown(text)}");
            Assert.True(RequestHeadParser.Parse(written.AsSpan(0, count), Options, second) is null, $"refused: {Shown(text)}");
            Assert.Equal((length, chunked, host), (second.ContentLength, second.Chunked, Encoding.Latin1.GetString(written.AsSpan(0, count)[second.Host])));
            Assert.Equal(SlowReference.Framing(text), chunked ? "chunked" : length < 0 ? "none" : length.ToString(CultureInfo.InvariantCulture));
            compared++;
        }
        Assert.True(compared > Cases / 20, $"only {compared} heads were compared");
    }

    [Fact]
    public void A_chunked_body_ends_where_the_reference_says_in_whatever_pieces_it_comes()
    {
        var random = new Random(20260103);
        var outcomes = new Dictionary<string, int>();
        for (int i = 0; i < Cases; i++)
        {
            var text = Mutated(random, string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => ChunkParts[random.Next(ChunkParts.Length)])));
            var bytes = Encoding.Latin1.GetBytes(text);
            var scanner = new ChunkScanner(fromClient: true);
            int used = 0;
            while (used < bytes.Length && !scanner.IsDone && !scanner.IsBad)
                used += scanner.Scan(bytes.AsSpan(used, random.Next(1, bytes.Length - used + 1)));
            int? result = scanner.IsBad ? null : scanner.IsDone ? used : -1;
            var expected = SlowReference.BodyLength(text);
            Assert.True(expected == result, $"{Shown(text)} is {expected?.ToString(CultureInfo.InvariantCulture) ?? "bad"} for the reference, {result?.ToString(CultureInfo.InvariantCulture) ?? "bad"} for the scanner");
            var outcome = result is null ? "bad" : result < 0 ? "open" : "whole";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }
        Assert.All((string[])["bad", "open", "whole"], outcome => Assert.True(outcomes.GetValueOrDefault(outcome) > Cases / 50, $"{outcome} came up {outcomes.GetValueOrDefault(outcome)} times"));
    }

    [Fact]
    public void Noise_is_never_more_than_refused()
    {
        var random = new Random(20260104);
        var (request, response) = (new RequestHead(), new ResponseHead());
        for (int i = 0; i < Cases; i++)
        {
            var bytes = new byte[random.Next(1, 80)];
            random.NextBytes(bytes);
            byte[] head = [.. bytes, .. "\r\n\r\n"u8];
            int end = RequestHeadParser.FindEnd(head);
            Assert.NotNull(RequestHeadParser.Parse(head.AsSpan(0, end), Options, request));
            Assert.False(response.TryParse(head.AsSpan(0, end), false, 100));
            var scanner = new ChunkScanner(fromClient: false);
            Assert.InRange(scanner.Scan(bytes), 0, bytes.Length);
        }
    }

    private static string Head(Random random)
    {
        var lines = Enumerable.Range(0, random.Next(0, 5)).Select(_ => Lines[random.Next(Lines.Length)]).Prepend(random.Next(8) == 0 ? "X-First: y" : "Host: first").OrderBy(_ => random.Next());
        var text = $"{(random.Next(2) == 0 ? "GET" : "POST")} /{random.Next(10)} HTTP/1.{(random.Next(4) == 0 ? 0 : 1)}\r\n{string.Concat(lines.Select(line => line + "\r\n"))}\r\n";
        return random.Next(2) == 0 ? text : Mutated(random, text);
    }

    private static string Mutated(Random random, string text)
    {
        for (int times = random.Next(0, 3); times > 0; times--)
        {
            int at = random.Next(text.Length);
            var strange = Strange[random.Next(Strange.Length)];
            text = random.Next(3) switch
            {
                0 => text.Insert(at, strange),
                1 => text.Remove(at, Math.Min(random.Next(1, 3), text.Length - at)),
                _ => text[..at] + strange + text[Math.Min(at + 1, text.Length)..],
            };
            if (text.Length == 0)
                return "0";
        }
        return text;
    }

    private static string Shown(string text) => "\"" + text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}
