using System.Net;
using System.Net.Sockets;
using Berth.Control.Reconciling;
using Berth.Control.Store;
using Berth.Model;
using Berth.Planning.Autoscaling;

namespace Berth.Control.Autoscaling;

/// <summary>
/// Asks one queue once. Pages and Redis are asked by berthd itself, at the addresses of the app's own sandboxes and nowhere else: a file that somebody deploys must not make it reach what its
/// sandboxes cannot. Commands and queries run in a sandbox of the app.
/// </summary>
internal sealed class QueueProbe(Stores stores, IEngine engine, AppNetworks networks, JobRunner jobs, ControlOptions options, TimeProvider time) : IDisposable
{
    private const int RedisPort = 6379;
    private const int MaxPageBytes = 1 << 20;
    private const int OutputKept = 4096;
    private const string IdPart = "queue";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxPageBytes,
    };

    /// <summary>What it says now. A failure leaves the number of before.</summary>
    /// <exception cref="OperationCanceledException">Only by <paramref name="ct"/>.</exception>
    public async Task<QueueReading> AskAsync(QueuedService queue, CancellationToken ct)
    {
        if (stores.Apps.Find(queue.App) is not { ActiveRelease: { } id } app || stores.Releases.Find(id) is not { } release || release.FindService(queue.Service) is not { } service)
            return new(null, QueueMessages.NotRunning(queue.Service));
        try
        {
            return new(await AskAsync(app, release, service, queue.Source, ct), null);
        }
        catch (Exception e) when (e is QueueException or EngineException)
        {
            return new(null, stores.Redaction.Apply(app.Name, e.Message));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<long> AskAsync(AppRecord app, Release release, ReleaseService service, QueueSource source, CancellationToken ct)
    {
        switch (source.Kind)
        {
            case QueueSourceKind.Command:
                var network = await networks.EnsureAsync(app, ct);
                return await RunAsync(SandboxSpecs.Job(NewId(app), release, source.Text, service, network), ct);
            case QueueSourceKind.Sql:
                return await QueryAsync(app, release, service, source, ct);
            case QueueSourceKind.Http:
                var page = UrlOf(release, service, source.Text);
                return await ReachAsync(page, token => ReadPageAsync(app, release, page, source.JsonPath, token), ct);
            default:
                var redis = UrlOf(release, service, source.Text);
                return await ReachAsync(redis, async token => await RedisList.LengthAsync(redis, await AddressAsync(app, release, redis, RedisPort, token), token), ct);
        }
    }

    /// <summary>In a sandbox of the database's own image, which has psql; of the service's where the database is none of the app's.</summary>
    private async Task<long> QueryAsync(AppRecord app, Release release, ReleaseService service, QueueSource source, CancellationToken ct)
    {
        var url = UrlOf(release, service, source.Url!);
        string[] command = ["psql", "--no-psqlrc", "--no-align", "--tuples-only", "--command", source.Text, url.OriginalString];
        var network = await networks.EnsureAsync(app, ct);
        return await RunAsync(SandboxSpecs.Run(NewId(app), release, command, FindService(release, url.Host) ?? service, ServiceSetting.None, network), ct);
    }

    private async Task<long> RunAsync(SandboxSpec spec, CancellationToken ct)
    {
        var (ended, output) = await jobs.RunAsync(spec, options.QueueCommandLimit, OutputKept, ct);
        if (ended is null)
            throw new QueueException(QueueMessages.StillRunning(options.QueueCommandLimit));
        return ended.ExitCode == 0 ? JobCount.OfText(output) : throw new QueueException(QueueMessages.Ended(ended.ExitCode, output));
    }

    private async Task<long> ReadPageAsync(AppRecord app, Release release, Uri url, string? jsonPath, CancellationToken ct)
    {
        var address = await AddressAsync(app, release, url, port: null, ct);
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(url) { Host = address.Address.ToString(), Port = address.Port }.Uri) { Headers = { Host = url.Authority } };
        using var response = await _http.SendAsync(request, ct);
        if (!response.IsSuccessStatusCode)
            throw new QueueException(QueueMessages.BadStatus(url.GetLeftPart(UriPartial.Path), (int)response.StatusCode));
        var text = await response.Content.ReadAsStringAsync(ct);
        return jsonPath is null ? JobCount.OfText(text) : JobCount.OfJson(text, jsonPath);
    }

    private async Task<long> ReachAsync(Uri url, Func<CancellationToken, Task<long>> ask, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(options.QueueAnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new QueueException(QueueMessages.NoAnswer(url.Host, options.QueueAnswerLimit));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            throw new QueueException(QueueMessages.NotReached(url.Host, e.Message));
        }
    }

    /// <param name="port">Where the URL names none; null: that of the service.</param>
    private async Task<IPEndPoint> AddressAsync(AppRecord app, Release release, Uri url, int? port, CancellationToken ct)
    {
        var service = FindService(release, url.Host) ?? throw new QueueException(QueueMessages.NoService(url.Host, app.Name));
        var name = service.Definition.Name;
        var sandbox = (await engine.ListSandboxesAsync(app.Name, ct)).FirstOrDefault(s => s is { Role: SandboxRole.Service, State: SandboxState.Running, Address: not null } && s.Service == name)
            ?? throw new QueueException(QueueMessages.NotRunning(name));
        var at = WrittenPort(url) ?? port ?? service.Port ?? throw new QueueException(QueueMessages.NoPort(name));
        return new(IPAddress.Parse(sandbox.Address!), at);
    }

    /// <summary>Null: the URL names none. <see cref="Uri.Port"/> alone does not tell ":80" from nothing.</summary>
    internal static int? WrittenPort(Uri url)
    {
        if (!url.IsDefaultPort)
            return url.Port;
        var authority = url.OriginalString.AsSpan().Trim()[(url.Scheme.Length + Uri.SchemeDelimiter.Length)..];
        if (authority.IndexOfAny('/', '?', '#') is var end and >= 0)
            authority = authority[..end];
        return authority.EndsWith($":{url.Port}") ? url.Port : null;
    }

    private static ReleaseService? FindService(Release release, string host) =>
        release.Services.FirstOrDefault(s => Names.InNetwork(s.Definition.Name).Contains(host, StringComparer.OrdinalIgnoreCase));

    /// <summary>With the variable that it begins with filled in.</summary>
    private static Uri UrlOf(Release release, ReleaseService service, string text)
    {
        if (text.StartsWith('$'))
        {
            var name = string.Concat(text.Skip(1).TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
            var value = EnvVars.Merge(release.Env, service.Definition.Env).FirstOrDefault(v => v.Key == name)?.Value ?? throw new QueueException(QueueMessages.NoVariable(name));
            text = value + text[(1 + name.Length)..];
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0 ? url : throw new QueueException(QueueMessages.BadUrl(text));
    }

    private string NewId(AppRecord app) => Ids.Sandbox(app.Name, IdPart, time.GetUtcNow());
}
