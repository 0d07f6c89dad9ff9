using System.Reflection;
using Berth.Builds;
using Berth.Builds.Stacks;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Host;
using Berth.Control.Routing;
using Berth.Control.Store;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Server.Api;
using Berth.Server.Git;

namespace Berth.Server.Hosting;

/// <summary>Puts the rooms together and runs them until SIGTERM or SIGINT. Sandboxes and router run on after that.</summary>
internal static class BerthServer
{
    private const string OwnerKey = "owner";
    private const string AdminTokenName = "admin";

    public static async Task RunAsync(ServerOptions options, CancellationToken ct)
    {
        var time = TimeProvider.System;
        Directory.CreateDirectory(options.StateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var onlyOne = StateLock.Take(options.StateFolder);
        using var state = StateStore.Open(Path.Combine(options.StateFolder, "berth.db"));
        var stores = new Stores(state, time);
        EnsureAdminToken(options, stores);

        var engineHost = await DockerHost.FindOrStartAsync(EngineHostOptions(options), time, ct);
        var engineOptions = new DockerEngineOptions { Socket = engineHost.Socket, Owner = OwnerOf(stores, time), TakenNetworks = HostNetworks.Read, ReclaimFrozen = options.ReclaimStandby };
        using var engine = new DockerEngine(engineOptions, time);
        using var images = new DockerImages(engineOptions, time);
        await images.RemoveLeftoversAsync(ct);
        var stacks = new StackImages(images, new() { WorkFolder = Path.Combine(options.StateFolder, "stacks") }, options.Builds, time);
        await stacks.RemoveLeftoversAsync(ct);
        await stacks.PruneAsync(stores.ImagesInUse(), ct);

        var controlOptions = ControlOptionsOf(options);
        // What berthd is told comes from its command line alone: no configuration files, nothing from the environment, and nothing loaded to watch them.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "berthd" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Api);
            kestrel.AddServerHeader = false;
            // Sources are bounded while they are received.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
        }).AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddSingleton(provider => new RouterProcess(RouterOptions(options), time, provider.GetRequiredService<ILogger<RouterProcess>>()))
            .AddSingleton(provider => new RouterSource(provider.GetRequiredService<RouterProcess>(), time));
        builder.Services.AddSingleton(options).AddSingleton(controlOptions).AddSingleton(new GitOptions { Branches = options.GitBranches }).AddSingleton(stores.Tokens).AddSingleton(provider => new ControlPlane(controlOptions, new()
        {
            Stores = stores,
            Engine = engine,
            Images = images,
            Builder = new ImageBuilder(images, stacks, options.Builds, time),
            Router = provider.GetRequiredService<RouterSource>(),
            Isolation = IsolationOf(options, engineOptions.Owner, time),
            Logging = provider.GetRequiredService<ILoggerFactory>(),
            Time = time,
            Random = new Random(),
        }));
        builder.Services.AddBerthApi();

        await using var app = builder.Build();
        app.MapBerthApi();
        await app.Services.GetRequiredService<ControlPlane>().StartAsync(ct);
        await app.StartAsync(ct);
        Console.WriteLine($"berthd {typeof(BerthServer).Assembly.GetName().Version!.ToString(3)} is ready: API on http://{options.Api}, apps on http://{options.Http}{(options.Https is { } https ? $" and https://{https}" : "")} (as APP.{options.Domain}), engine {engineHost.Socket}");
        await app.WaitForShutdownAsync(ct);
    }

    internal static DockerHostOptions EngineHostOptions(ServerOptions options) => new()
    {
        StateDirectory = options.StateFolder,
        Socket = options.DockerSocket,
        DockerHost = Environment.GetEnvironmentVariable("DOCKER_HOST"),
    };

    internal static RouterProcessOptions RouterOptions(ServerOptions options) => new()
    {
        Program = Path.Combine(AppContext.BaseDirectory, "berth-router"),
        Http = [options.Http],
        Https = options.Https is { } https ? [https] : [],
        // Both are built together.
        Version = typeof(BerthServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        ControlSocket = Path.Combine(options.StateFolder, "router", "control.sock"),
        StateFolder = Path.Combine(options.StateFolder, "router"),
        Settings = options.Router,
    };

    /// <summary>The mark on everything in the engine that is this Berth's: it is made once for a state folder, so that several can share an engine.</summary>
    internal static string OwnerOf(Stores stores, TimeProvider time)
    {
        if (stores.State.GetValue(OwnerKey) is { } known)
            return known;
        var owner = Ids.Unique(time.GetUtcNow());
        stores.State.SetValue(OwnerKey, owner);
        return owner;
    }

    internal static NetworkIsolation IsolationOf(ServerOptions options, string owner, TimeProvider time) =>
        new(new() { BridgePrefix = BridgeNames.PrefixOf(owner), Open = options.Https is { } https ? [options.Http, https] : [options.Http] }, time);

    internal static ControlOptions ControlOptionsOf(ServerOptions options)
    {
        var control = new ControlOptions
        {
            StateFolder = options.StateFolder,
            Domain = options.Domain,
            PublicPort = options.Http.Port,
            PublicHttpsPort = options.Https?.Port,
        };
        return options.AcmeDirectory is { } directory ? control with { AcmeDirectory = directory } : control;
    }

    /// <summary>Whoever can read the file on this machine may do everything: that is root and the user who runs berthd.</summary>
    private static void EnsureAdminToken(ServerOptions options, Stores stores)
    {
        var file = Path.Combine(options.StateFolder, "admin-token");
        if (File.Exists(file) && stores.Tokens.Find(File.ReadAllText(file).Trim()) is not null)
            return;
        var (_, secret) = stores.Tokens.Create(AdminTokenName, Grant.All);
        File.Delete(file);
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        stream.Write(System.Text.Encoding.ASCII.GetBytes(secret + "\n"));
    }
}
