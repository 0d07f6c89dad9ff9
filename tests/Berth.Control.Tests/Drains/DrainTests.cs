using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Control.Drains;
using Berth.Control.Logs;
using Berth.Control.Store;
using Berth.Testing;

namespace Berth.Control.Tests.Drains;

/// <summary>Log lines on their way to receivers of this test's own.</summary>
public sealed class DrainTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 12, 30, 45, 678, TimeSpan.Zero));
    private readonly StateStore _state;
    private readonly Stores _stores;
    private readonly TcpListener _receiver = new(IPAddress.Loopback, 0);
    private ControlOptions _options;
    private LogStore _logs;
    private LogDrains _drains;

    public DrainTests()
    {
        _options = new() { StateFolder = _folder.Path };
        _state = StateStore.Open(_options.DatabaseFile);
        _stores = new(_state, _time);
        _stores.Apps.TryCreate("demo", _time.GetUtcNow());
        (_logs, _drains) = (new(_options, _stores.Redaction, _time), null!);
        _drains = new(_stores.Drains, _logs, _options, _time);
        _receiver.Start();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_receiver.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _drains.DisposeAsync();
        _logs.Dispose();
        _state.Dispose();
        _receiver.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Syslog_receivers_get_RFC_5424_with_lengths_in_front()
    {
        Begin($"syslog://127.0.0.1:{Port}");
        Print("hello", "größer\0\e[31m");
        _logs.Append("demo", [new(_time.GetUtcNow(), 'E', "web", "demo-web-1", "an error")]);

        using var connection = await _receiver.AcceptTcpClientAsync(Ct);
        var messages = await ReadAsync(connection.GetStream(), 3);

        var host = Environment.MachineName;
        Assert.Equal(
            [
                $"<14>1 2030-01-01T12:30:45.678000Z {host} demo demo-web-1 web - hello",
                $"<14>1 2030-01-01T12:30:45.678000Z {host} demo demo-web-1 web - größer\0\e[31m",
                $"<11>1 2030-01-01T12:30:45.678000Z {host} demo demo-web-1 web - an error",
            ], messages);
    }

    [Fact]
    public async Task With_TLS_the_same_comes_encrypted()
    {
        using var certificate = Certificate();
        await _drains.DisposeAsync();
        _drains = new(_stores.Drains, _logs, _options, _time, (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString());
        Begin($"syslog+tls://localhost:{Port}");
        Print("secret");

        using var connection = await _receiver.AcceptTcpClientAsync(Ct);
        await using var secure = new SslStream(connection.GetStream());
        await secure.AuthenticateAsServerAsync(certificate);

        Assert.EndsWith(" - secret", Assert.Single(await ReadAsync(secure, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_whose_certificate_nobody_vouches_for_gets_nothing()
    {
        using var certificate = Certificate();
        var drain = Begin($"syslog+tls://localhost:{Port}");
        Print("secret");

        using var connection = await _receiver.AcceptTcpClientAsync(Ct);
        await using var secure = new SslStream(connection.GetStream());
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await secure.AuthenticateAsServerAsync(certificate);
            await ReadAsync(secure, 1);
        });

        await Eventually.HoldsAsync(() => _drains.StatusOf(drain.Id) is { State: "failing", LastError: not null, Sent: 0 });
    }

    [Fact]
    public async Task Http_receivers_get_lines_of_JSON_and_what_they_refuse_comes_again_later()
    {
        using var http = new HttpListener();
        var prefix = $"http://127.0.0.1:{FreePort.Next()}/in/";
        http.Prefixes.Add(prefix);
        http.Start();
        var drain = Begin(prefix.Replace("http://", "http://ann:p%40ss@", StringComparison.Ordinal));
        Print("one", "two");

        await AnswerAsync(http, 503, "come again");
        await Eventually.HoldsAsync(() => _drains.StatusOf(drain.Id) is { State: "failing", LastError: "the receiver answered 503 come again" });
        await _time.WaitForTimersAsync(1, Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        var (body, login) = await AnswerAsync(http, 204, "");

        var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(["one", "two"], lines.Select(l => (string)l["text"]!));
        Assert.Equal(("demo", "web", "demo-web-1", "stdout", "2030-01-01T12:30:45.678Z"),
            ((string)lines[0]["app"]!, (string)lines[0]["service"]!, (string)lines[0]["sandbox"]!, (string)lines[0]["stream"]!, (string)lines[0]["time"]!));
        Assert.Equal("Basic " + Convert.ToBase64String("ann:p@ss"u8), login);
        await Eventually.HoldsAsync(() => _drains.StatusOf(drain.Id) is { State: "waiting", Sent: 2 });
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        Print("before the drain");
        Begin($"syslog://127.0.0.1:{Port}");
        Print("one");
        using (var first = await _receiver.AcceptTcpClientAsync(Ct))
            Assert.EndsWith(" - one", Assert.Single(await ReadAsync(first.GetStream(), 1)), StringComparison.Ordinal);
        await _drains.DisposeAsync();
        Print("meanwhile");

        Restart();
        Print("after");

        using var second = await _receiver.AcceptTcpClientAsync(Ct);
        Assert.Equal(["meanwhile", "after"], (await ReadAsync(second.GetStream(), 2)).Select(TextOf));
    }

    [Fact]
    public async Task One_that_comes_too_far_behind_leaves_lines_out_and_says_how_many()
    {
        var drain = Begin($"syslog://127.0.0.1:{Port}");
        await _drains.DisposeAsync();
        Print([.. Enumerable.Range(0, 10_000).Select(i => $"line {i}")]);

        _options = _options with { DrainBacklogBytes = 100_000 };
        Restart();

        using var connection = await _receiver.AcceptTcpClientAsync(Ct);
        var stream = connection.GetStream();
        var said = TextOf(Assert.Single(await ReadAsync(stream, 1)));
        Assert.EndsWith(" lines were left out here: the receiver did not take them as fast as they came", said, StringComparison.Ordinal);
        var leftOut = int.Parse(said.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        var rest = await ReadAsync(stream, 10_000 - leftOut);
        Assert.Equal(Enumerable.Range(leftOut, 10_000 - leftOut).Select(i => $"line {i}"), rest.Select(TextOf));
        await Eventually.HoldsAsync(() => _stores.Drains.List().Single(d => d.Id == drain.Id).Dropped == leftOut);
    }

    [Theory]
    [InlineData("logs.example.com", "is no URL")]
    [InlineData("ftp://logs.example.com", "ftp:// is none of")]
    [InlineData("syslog://logs.example.com/path", "nothing else")]
    [InlineData("https://", "no")]
    public void A_URL_that_cannot_take_logs_is_told_with_the_reason(string url, string reason) =>
        Assert.Contains(reason, DrainUrl.Problem(url), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://ann:secret@logs.example.com/in?key=secret", "https://ann:***@logs.example.com/in?***")]
    [InlineData("https://key@logs.example.com/in", "https://***@logs.example.com/in")]
    [InlineData("https://logs.example.com/receiver/v1/ZaVnC4dhaV3kq7x0/events", "https://logs.example.com/receiver/v1/***/events")]
    [InlineData("syslog+tls://logs.example.com:6514", "syslog+tls://logs.example.com:6514")]
    public void Listings_show_neither_password_nor_key(string url, string shown)
    {
        Assert.Null(DrainUrl.Problem(url));
        Assert.Equal(shown, DrainUrl.Shown(url));
    }

    /// <summary>As a new berthd finds what the old one left.</summary>
    private void Restart()
    {
        _logs.Dispose();
        _logs = new(_options, _stores.Redaction, _time);
        _drains = new(_stores.Drains, _logs, _options, _time);
        _drains.Start();
    }

    private Drain Begin(string url)
    {
        var drain = new Drain("drain-1", "demo", url, _time.GetUtcNow(), _logs.Of("demo").Since(default).End, 0);
        Assert.True(_stores.Drains.Add(drain));
        _drains.Begin(drain);
        return drain;
    }

    private void Print(params string[] lines) => _logs.Append("demo", [.. lines.Select(l => new LogRecord(_time.GetUtcNow(), 'S', "web", "demo-web-1", l))]);

    private static async Task<(string Body, string? Login)> AnswerAsync(HttpListener http, int status, string answer)
    {
        var context = await http.GetContextAsync().WaitAsync(Ct);
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync(Ct);
        context.Response.StatusCode = status;
        context.Response.Close(Encoding.ASCII.GetBytes(answer), willBlock: true);
        return (body, context.Request.Headers["Authorization"]);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(Stream stream, int count)
    {
        var messages = new List<string>();
        while (messages.Count < count)
        {
            var digits = "";
            for (int next; (next = await ByteAsync(stream)) != ' ';)
                digits += (char)next;
            var message = new byte[int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(message, Ct);
            messages.Add(Encoding.UTF8.GetString(message));
        }
        return messages;
    }

    private static async Task<int> ByteAsync(Stream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one, Ct);
        return one[0];
    }

    private static string TextOf(string message) => message[(message.IndexOf(" - ", StringComparison.Ordinal) + 3)..];

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
