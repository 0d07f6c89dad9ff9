using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Testing;

namespace Berth.Control.Tests.Operations;

/// <summary>Certificates that people give: which are taken, how they are kept, and that the router hears of them.</summary>
public sealed class CertificateTests
{
    private static readonly DateTimeOffset FarOff = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static (string Certificate, string Key) Make(string host, DateTimeOffset? end = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test issuer", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, end ?? FarOff);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<string?> RefusalAsync(ControlUnderTest house, string host, string certificate, string key) =>
        (await house.Control.Certificates.PutAsync(host, certificate, key, Ct)).Error?.Code;

    [Fact]
    public async Task A_certificate_is_its_owners_only_and_outlasts_a_restart()
    {
        await using var house = await ControlUnderTest.StartAsync();
        var (certificate, key) = Make("*.example.com");
        Assert.Null(await RefusalAsync(house, "*.Example.com", certificate, key));
        await house.RestartAsync();
        var routed = Assert.Single(house.Router.Table.Certificates!);
        Assert.Equal("*.example.com", routed.Host);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(routed.File));
        using (var read = X509Certificate2.CreateFromPemFile(routed.File))
            Assert.True(read.HasPrivateKey);
        var listed = Assert.Single(house.Control.Certificates.List());
        Assert.Equal(("Test issuer", FarOff), (listed.Issuer, listed.NotAfter));

        Assert.Null((await house.Control.Certificates.RemoveAsync("*.example.com", Ct)).Error);
        Assert.Empty(house.Router.Table.Certificates!);
        Assert.False(File.Exists(routed.File));
        Assert.Equal("certificate-not-found", (await house.Control.Certificates.RemoveAsync("*.example.com", Ct)).Error?.Code);
    }

    [Fact]
    public async Task Another_certificate_for_the_host_takes_its_place()
    {
        await using var house = await ControlUnderTest.StartAsync();
        var (first, second) = (Make("shop.example.com"), Make("shop.example.com"));
        Assert.Null(await RefusalAsync(house, "shop.example.com", first.Certificate, first.Key));
        var before = Assert.Single(house.Router.Table.Certificates!);
        Assert.Null(await RefusalAsync(house, "shop.example.com", second.Certificate, second.Key));
        var after = Assert.Single(house.Router.Table.Certificates!);
        Assert.Equal(before.File, after.File);
        Assert.NotEqual(before.Stamp, after.Stamp);
    }

    [Fact]
    public async Task What_would_not_work_is_refused()
    {
        await using var house = await ControlUnderTest.StartAsync();
        var (certificate, key) = Make("shop.example.com");
        Assert.Equal("bad-host", await RefusalAsync(house, "shop.example.com/api", certificate, key));
        Assert.Equal("bad-certificate", await RefusalAsync(house, "shop.example.com", "nothing", key));
        Assert.Equal("bad-certificate", await RefusalAsync(house, "shop.example.com", certificate, "nothing"));
        Assert.Equal("bad-certificate", await RefusalAsync(house, "shop.example.com", certificate, Make("shop.example.com").Key));
        Assert.Equal("certificate-for-others", await RefusalAsync(house, "other.example.com", certificate, key));
        Assert.Equal("certificate-for-others", await RefusalAsync(house, "*.example.com", certificate, key));
        Assert.Equal("encrypted-key", await RefusalAsync(house, "shop.example.com", certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        var old = Make("shop.example.com", new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal("certificate-expired", await RefusalAsync(house, "shop.example.com", old.Certificate, old.Key));
        Assert.Empty(house.Control.Certificates.List());
    }

    [Fact]
    public async Task A_host_that_has_no_route_gets_no_certificate_by_itself_and_is_told_so()
    {
        await using var house = await ControlUnderTest.StartAsync(arrange: house => house.Options = house.Options with { CertificatePeriod = TimeSpan.FromMilliseconds(10) });
        Assert.Equal("not-automatic", house.Control.Certificates.Automate("*.example.com").Error?.Code);
        Assert.Equal("not-automatic", house.Control.Certificates.Automate("localhost").Error?.Code);
        Assert.Null(house.Control.Certificates.Automate("shop.example.com").Error);
        await Eventually.HoldsAsync(() => house.Control.Certificates.ListAutomatic()[0].Problem?.StartsWith("no route leads shop.example.com to an app", StringComparison.Ordinal) == true);
        await house.RestartAsync();
        Assert.Equal(1, house.Control.Certificates.ListAutomatic()[0].Failures);
        Assert.Null(house.Control.Certificates.StopAutomation("shop.example.com").Error);
        Assert.Equal("certificate-not-found", house.Control.Certificates.StopAutomation("shop.example.com").Error?.Code);
    }

    [Fact]
    public async Task A_route_answers_with_TLS_only_where_there_is_TLS()
    {
        await using var house = await ControlUnderTest.StartAsync();
        await house.DeployNewAsync("demo");
        Assert.Equal("no-https", (await house.Control.Routes.ChangeAsync("demo.localhost", new() { HttpsOnly = true }, Ct)).Error?.Code);

        await using var secured = await ControlUnderTest.StartAsync(arrange: house => house.Options = house.Options with { PublicHttpsPort = 443 });
        await secured.DeployNewAsync("demo");
        Assert.Null((await secured.Control.Routes.ChangeAsync("demo.localhost", new() { HttpsOnly = true }, Ct)).Error);
        Assert.Equal(["http://demo.localhost:8080"], secured.Control.Routes.UrlsOf("demo"));
        var (certificate, key) = Make("*.localhost");
        Assert.Null(await RefusalAsync(secured, "*.localhost", certificate, key));
        Assert.Equal(["https://demo.localhost"], secured.Control.Routes.UrlsOf("demo"));
    }
}
