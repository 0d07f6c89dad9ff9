using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Testing.Docker;

/// <summary>
/// The part of Docker Engine's HTTP API that Berth uses, on a real unix socket, with the statuses and the words of the
/// real one. Tests look at <see cref="Containers"/> and <see cref="Calls"/>, make calls fail or wait, and make containers print and
/// exit. Safe for use by many threads.
/// </summary>
public sealed class FakeDocker : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _calls = [];
    private readonly List<(string Call, int Status, string Message)> _failures = [];
    private readonly List<(string Call, Task Opened)> _gates = [];
    private readonly FakeEvents _events;
    private readonly FakeContainers _containers;
    private readonly FakeImages _images;
    private readonly FakeNetworks _networks;
    private readonly FakeExecs _execs;
    private readonly FakeHijack _hijack;
    private CancellationTokenSource _away = new();
    private WebApplication? _app;

    private FakeDocker(TimeProvider time)
    {
        Time = time;
        _events = new FakeEvents(time);
        _images = new FakeImages(this);
        _networks = new FakeNetworks(this);
        _containers = new FakeContainers(this, _images, _networks);
        _execs = new FakeExecs(_containers);
        _hijack = new FakeHijack(this, _execs);
    }

    /// <summary>Path of the socket.</summary>
    /// <summary>Bytes that every image has for itself.</summary>
    public const long OwnLayer = 1000;

    /// <summary>Bytes that all images share.</summary>
    public const long SharedLayer = 500;

    public string Socket => _folder.File("docker.sock");

    public TimeProvider Time { get; }

    /// <summary>Default 1.41, as Docker Engine 20.10.</summary>
    public string ApiVersion { get; set; } = "1.41";

    /// <summary>Older requests are refused. Default 1.12; Docker Engine 29 has 1.44.</summary>
    public string MinApiVersion { get; set; } = "1.12";

    /// <summary>
    /// Containers with a <c>PORT</c> get addresses in 127.0.0.0/8 instead of their network's, and listen there while they run: each
    /// HTTP request is answered with the container's name. Default false.
    /// </summary>
    public bool ServePorts { get; set; }

    /// <summary>With <see cref="ServePorts"/>: a container that starts from now on has such an address, but nothing in it listens.</summary>
    public bool ListensNowhere { get; set; }

    /// <summary>What the engine says of itself.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    public IReadOnlyList<FakeContainer> Containers => _containers.All;

    /// <summary>Names of the networks.</summary>
    public IReadOnlyList<string> Networks => _networks.Names;

    /// <summary>Every call so far, without version and query: <c>POST /containers/demo-web-1/start</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    public static async Task<FakeDocker> StartAsync(TimeProvider? time = null)
    {
        var docker = new FakeDocker(time ?? TimeProvider.System);
        await docker.ComeBackAsync();
        return docker;
    }

    public FakeContainer Container(string name) => _containers.Get(name);

    /// <summary>All images in the engine.</summary>
    public IReadOnlyList<FakeImage> Images => _images.All;

    /// <summary>Puts an image into the engine.</summary>
    public FakeImage AddImage(string reference, FakeImage? image = null) => _images.Add(reference, image ?? new FakeImage());

    /// <summary>Puts an image into the registry that the engine pulls from.</summary>
    public void AddToRegistry(string reference, FakeImage? image = null) => _images.Publish(reference, image ?? new FakeImage());

    /// <summary>The next call of this kind is refused. <paramref name="call"/> is as in <see cref="Calls"/>; a <c>*</c> stands for one part of the path.</summary>
    public void FailNext(string call, int status, string message)
    {
        lock (_lock)
            _failures.Add((call, status, message));
    }

    /// <summary>Calls of this kind wait until the result is disposed.</summary>
    public IDisposable Hold(string call)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _gates.Add((call, gate.Task));
        return new Release(gate);
    }

    /// <summary>Stops answering and breaks all connections, as an engine that is killed. Containers go on (live restore).</summary>
    public async Task GoAwayAsync()
    {
        await _away.CancelAsync();
        if (_app is { } app)
            await app.DisposeAsync();
        _app = null;
        File.Delete(Socket);
    }

    public async Task ComeBackAsync()
    {
        _away = new CancellationTokenSource();
        var away = _away.Token;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.ListenUnixSocket(Socket, l => l.Use(next => connection => _hijack.HandleAsync(connection, next, away)));
            o.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await GoAwayAsync();
        foreach (var container in Containers)
            container.Exit(137);
        _folder.Dispose();
    }

    internal void Announce(string action, FakeContainer container) => _events.Announce(action, container);

    internal string TakeVersion(string path)
    {
        if (!path.StartsWith("/v1.", StringComparison.Ordinal))
            return path;
        int slash = path.IndexOf('/', 1);
        var asked = Version.Parse(path[2..slash]);
        if (asked < Version.Parse(MinApiVersion))
            throw new FakeRefusal(400, $"client version {asked} is too old. Minimum supported API version is {MinApiVersion}, please upgrade your client to a newer version");
        if (asked > Version.Parse(ApiVersion))
            throw new FakeRefusal(400, $"client version {asked} is too new. Maximum supported API version is {ApiVersion}");
        return path[slash..];
    }

    internal async Task AdmitAsync(string call, CancellationToken ct)
    {
        Task[] gates;
        lock (_lock)
        {
            _calls.Add(call);
            gates = [.. _gates.Where(g => Matches(g.Call, call)).Select(g => g.Opened)];
        }
        await Task.WhenAll(gates).WaitAsync(ct);
        lock (_lock)
        {
            int index = _failures.FindIndex(f => Matches(f.Call, call));
            if (index < 0)
                return;
            var failure = _failures[index];
            _failures.RemoveAt(index);
            throw new FakeRefusal(failure.Status, failure.Message);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _away.Token);
        context.RequestAborted = ended.Token;
        try
        {
            var path = TakeVersion(context.Request.Path.Value!);
            await AdmitAsync($"{context.Request.Method} {path}", ended.Token);
            await RouteAsync(new FakeCall(context, path));
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            // Anything else is a fault of the fake: the test should see where.
            var (status, message) = e is FakeRefusal refusal ? (refusal.Status, refusal.Message) : (500, e.ToString());
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(new JsonObject { ["message"] = message }.ToJsonString());
        }
    }

    private static bool Matches(string pattern, string call)
    {
        var wanted = pattern.Split('/');
        var parts = call.Split('/');
        return wanted.Length == parts.Length && wanted.Zip(parts).All(p => p.First == "*" || p.First == p.Second);
    }

    private Task RouteAsync(FakeCall call) => call.Parts switch
    {
        ["_ping"] => call.TextAsync("OK"),
        ["version"] => call.JsonAsync(new JsonObject
        {
            ["Version"] = "20.10.24",
            ["ApiVersion"] = ApiVersion,
            ["MinAPIVersion"] = MinApiVersion,
            ["Arch"] = "amd64",
            ["Os"] = "linux",
        }),
        ["info"] => call.JsonAsync(new JsonObject { ["DockerRootDir"] = _folder.Path, ["Warnings"] = new JsonArray([.. Warnings.Select(warning => (JsonNode)warning)]) }),
        ["system", "df"] => call.JsonAsync(Usage()),
        ["events"] => _events.StreamAsync(call),
        ["containers", ..] or ["exec", ..] when call.Parts[^1] == "exec" || call.Parts[0] == "exec" => _execs.AnswerAsync(call),
        ["containers", ..] => _containers.AnswerAsync(call),
        ["images", ..] or ["build"] => _images.AnswerAsync(call),
        ["networks", ..] => _networks.AnswerAsync(call),
        _ => throw new FakeRefusal(404, "page not found"),
    };

    /// <summary>Every image is of two layers, of which all of them share the second.</summary>
    private JsonObject Usage() => new()
    {
        ["LayersSize"] = SharedLayer + _images.All.Count * OwnLayer,
        ["Images"] = new JsonArray([.. _images.All.Select(i => (JsonNode?)new JsonObject
        {
            ["Id"] = i.Id,
            ["RepoTags"] = new JsonArray([.. i.Tags.Select(t => (JsonNode?)t)]),
            ["Labels"] = new JsonObject(i.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
            ["Created"] = 0,
            ["Size"] = SharedLayer + OwnLayer,
            ["SharedSize"] = SharedLayer,
        })]),
        ["Containers"] = new JsonArray([.. Containers.Select(c => (JsonNode?)new JsonObject
        {
            ["Labels"] = new JsonObject(c.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
            ["SizeRw"] = 10,
        })]),
        ["BuildCache"] = new JsonArray(new JsonObject { ["Size"] = 5 }),
    };

    private sealed class Release(TaskCompletionSource gate) : IDisposable
    {
        public void Dispose() => gate.TrySetResult();
    }
}
