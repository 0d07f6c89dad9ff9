using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Berth.Control;
using Berth.Control.Certificates;
using Berth.Control.Certificates.Acme;
using Berth.Control.Store;
using Berth.Model;
using Berth.Router.Tests.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Router.Tests;

/// <summary>Certificates by ACME: control's client, the real router that answers the challenge, and an authority that holds to RFC 8555 and comes to fetch it.</summary>
public sealed class AcmeTests : IAsyncLifetime
{
    private const string Host = "shop.test";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-acme-");
    private readonly Clock _clock = new();
    private TestRouter _router = null!;
    private AcmeServer _authority = null!;
    private StateStore _state = null!;
    private AcmeIssuer _issuer = null!;
    private HttpClient _visitor = null!;
    private CertificateFiles _files = null!;
    private AutomaticStore _store = null!;
    private AutomaticCertificates _automatic = null!;
    private bool _isRouted = true;
    private int _changes;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AutomaticHost Kept => Assert.Single(_store.List());

    public async ValueTask InitializeAsync()
    {
        // Every host leads to the router, whose own default leads nowhere.
        _router = await TestRouter.StartAsync();
        _visitor = NewVisitor();
        _authority = new AcmeServer(_visitor);
        await _authority.StartAsync(_clock.GetUtcNow());
        var options = new ControlOptions { StateFolder = _folder.FullName };
        _state = StateStore.Open(options.DatabaseFile);
        _store = new AutomaticStore(_state);
        _files = new CertificateFiles(options, NullLogger<CertificateFiles>.Instance);
        _issuer = new AcmeIssuer(NewVisitor(), _authority.Directory, Path.Combine(options.CertificatesFolder, "acme-account.key"), new Board(_router), TimeProvider.System);
        _automatic = new AutomaticCertificates(_store, _files, _issuer.IssueAsync, _ => _isRouted, _ => Task.FromResult(_changes++), new Random(1), _clock, NullLogger<AutomaticCertificates>.Instance);
        _store.Add(Host);
    }

    public async ValueTask DisposeAsync()
    {
        _issuer.Dispose();
        await _authority.DisposeAsync();
        _visitor.Dispose();
        await _router.DisposeAsync();
        _state.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_certificate_is_had_by_a_challenge_that_the_router_answers()
    {
        await _automatic.RunAsync(Ct);

        Assert.Null(Kept.Problem);
        var file = Assert.Single(_files.List());
        Assert.Equal((Host, "Test authority"), (file.Host, file.Issuer));
        using var certificate = X509Certificate2.CreateFromPemFile(file.File);
        Assert.True(certificate.MatchesHostname(Host));
        Assert.Equal(1, _changes);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.FullName, "certificates", "acme-account.key")));
        // The challenge is taken down.
        using var gone = await _visitor.GetAsync($"http://{Host}/.well-known/acme-challenge/x", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_certificate_is_had_from_pebble()
    {
        if (!Pebble.IsThere)
            Assert.Skip("pebble, the test server of Let's Encrypt, is not installed (Debian: pebble)");
        await using var pebble = new Pebble(_router.Port);
        await pebble.StartAsync();
        using var issuer = new AcmeIssuer(NewVisitor(), pebble.DirectoryUrl, Path.Combine(_folder.FullName, "key"), new Board(_router), TimeProvider.System);
        for (int i = 0; i < 2; i++)
        {
            var (certificates, key) = await issuer.IssueAsync(Host, Ct);
            Assert.Null(CheckedCertificate.Of(Host, certificates, key, TimeProvider.System.GetUtcNow()).Error);
        }
    }

    [Fact]
    public async Task A_nonce_that_is_too_old_is_replaced_by_the_one_that_comes_with_the_refusal()
    {
        _authority.BadNonces = 2;
        await _automatic.RunAsync(Ct);
        Assert.Null(Kept.Problem);
        Assert.Single(_files.List());
    }

    [Fact]
    public async Task It_is_renewed_when_a_third_of_its_life_is_left_by_the_same_account()
    {
        await _automatic.RunAsync(Ct);
        var first = Assert.Single(_files.List());
        _clock.Ahead = TimeSpan.FromDays(59);
        await _automatic.RunAsync(Ct);
        Assert.Equal(1, _authority.Orders);

        _clock.Ahead = TimeSpan.FromDays(61);
        await _automatic.RunAsync(Ct);

        Assert.Equal((2, 1), (_authority.Orders, _authority.Accounts));
        Assert.NotEqual(first.Stamp, Assert.Single(_files.List()).Stamp);
    }

    [Fact]
    public async Task The_authority_is_left_alone_for_as_long_as_it_asks()
    {
        _authority.RateLimit = TimeSpan.FromHours(3);
        await _automatic.RunAsync(Ct);
        Assert.Equal((1, "the authority refused: too many orders"), (Kept.Failures, Kept.Problem));
        Assert.InRange(Kept.NextTryAt - _clock.GetUtcNow(), TimeSpan.FromHours(2.9), TimeSpan.FromHours(3));
        await _automatic.RunAsync(Ct);
        Assert.Empty(_files.List());

        _clock.Ahead = TimeSpan.FromHours(4);
        await _automatic.RunAsync(Ct);

        Assert.Single(_files.List());
        Assert.Equal((0, null), (Kept.Failures, Kept.Problem));
    }

    [Fact]
    public async Task The_authority_is_not_asked_for_a_host_that_leads_elsewhere()
    {
        await using var elsewhere = await AppServer.NamedAsync("somebody else");
        using var visitor = NewVisitor(elsewhere.Sandbox.Port);
        using var issuer = new AcmeIssuer(visitor, _authority.Directory, Path.Combine(_folder.FullName, "key"), new Board(_router), TimeProvider.System);
        var problem = await Assert.ThrowsAsync<AcmeException>(() => issuer.IssueAsync(Host, Ct));
        Assert.Contains("does not lead to this router on port 80", problem.Message, StringComparison.Ordinal);
        Assert.Equal(0, _authority.Orders);
    }

    [Fact]
    public async Task A_host_without_a_route_is_tried_again_ever_later()
    {
        _isRouted = false;
        await _automatic.RunAsync(Ct);
        var first = Kept.NextTryAt - _clock.GetUtcNow();
        _clock.Ahead = first + TimeSpan.FromSeconds(1);
        await _automatic.RunAsync(Ct);
        var second = Kept.NextTryAt - _clock.GetUtcNow();
        Assert.InRange(first, TimeSpan.FromMinutes(3.7), TimeSpan.FromMinutes(6.3));
        Assert.InRange(second, TimeSpan.FromMinutes(7.4), TimeSpan.FromMinutes(12.6));
        Assert.Equal(2, new AutomaticStore(_state).List().Single().Failures);
        Assert.Equal(0, _authority.Orders);
    }

    [Fact]
    public async Task A_challenge_that_is_not_met_ends_with_the_authoritys_reason()
    {
        using var visitor = NewVisitor();
        await using var other = await AppServer.NamedAsync("not the answer");
        using var lost = NewVisitor(other.Sandbox.Port);
        await using var authority = new AcmeServer(lost);
        await authority.StartAsync(_clock.GetUtcNow());
        using var issuer = new AcmeIssuer(visitor, authority.Directory, Path.Combine(_folder.FullName, "key"), new Board(_router), TimeProvider.System);
        var problem = await Assert.ThrowsAsync<AcmeException>(() => issuer.IssueAsync(Host, Ct));
        Assert.Equal("the authority refused: the challenge was not answered as it should be", problem.Message);
    }

    /// <summary>For it the host leads to the router, or elsewhere.</summary>
    private HttpClient NewVisitor(int? port = null)
    {
        var to = port ?? _router.Port;
        return new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Host == Host ? to : context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    private sealed class Board(TestRouter router) : IChallengeBoard
    {
        private readonly List<RoutedChallenge> _challenges = [];

        public Task ShowAsync(RoutedChallenge challenge, CancellationToken ct)
        {
            _challenges.Add(challenge);
            return PushAsync();
        }

        public Task TakeDownAsync(RoutedChallenge challenge)
        {
            _challenges.Remove(challenge);
            return PushAsync();
        }

        private Task PushAsync() => router.PushAsync(RouteTable.Empty with { Challenges = [.. _challenges] });
    }

    private sealed class Clock : TimeProvider
    {
        private readonly DateTimeOffset _start = System.GetUtcNow();

        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => _start + Ahead;
    }
}
