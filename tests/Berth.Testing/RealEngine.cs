using System.Security.Cryptography;
using Berth.Engines.Docker;
using Berth.Model;
using Xunit;

namespace Berth.Testing;

/// <summary>
/// The real Docker Engine of this test run, seen through an owner of the test's own. Disposing removes every sandbox, network and
/// image that the test made.
/// </summary>
public sealed class RealEngine : IAsyncDisposable
{
    private const string Variable = "BERTH_TEST_DOCKER";
    private const string Scheme = "unix://";

    private RealEngine(string socket)
    {
        Options = new DockerEngineOptions
        {
            Socket = socket,
            Owner = "test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
            // The one network that every engine has, also one without a default bridge.
            BuildNetwork = "host",
        };
        Engine = new DockerEngine(Options, TimeProvider.System);
        Images = new DockerImages(Options, TimeProvider.System);
    }

    public DockerEngineOptions Options { get; }

    public DockerEngine Engine { get; }

    public DockerImages Images { get; }

    /// <summary>Skips the test, and says why, where the environment names no engine.</summary>
    public static RealEngine Connect()
    {
        var address = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(address?.StartsWith(Scheme, StringComparison.Ordinal) == true, $"no real engine: {Variable}=unix:///path/to/docker.sock is not set");
        return new RealEngine(address![Scheme.Length..]);
    }

    /// <summary>An image with a shell, <c>httpd</c>, <c>nc</c> and <c>sleep</c>; 2 MB.</summary>
    public Task<ImageInfo> BusyboxImageAsync(CancellationToken ct) => BusyboxImage.EnsureAsync(Images, ct);

    /// <summary>A network with a subnet that other tests will hardly have chosen too.</summary>
    public static AppNetwork NewNetwork(string app)
    {
        var random = RandomNumberGenerator.GetBytes(3);
        return new AppNetwork(app, $"10.{128 + random[0] % 96}.{random[1]}.{random[2] & 0xF0}/28");
    }

    public async ValueTask DisposeAsync()
    {
        var ct = CancellationToken.None;
        foreach (var sandbox in await Engine.ListSandboxesAsync(null, ct))
            await Engine.RemoveSandboxAsync(sandbox.Id, ct);
        foreach (var app in await Engine.ListNetworksAsync(ct))
            await Engine.RemoveNetworkAsync(app, ct);
        foreach (var image in await Images.ListImagesAsync(null, ct))
            foreach (var tag in image.Tags)
                await Images.RemoveImageAsync(tag, ct);
        await Images.RemoveLeftoversAsync(ct);
        Engine.Dispose();
        Images.Dispose();
    }
}
