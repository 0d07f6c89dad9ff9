using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Contracts;

/// <summary>
/// The HTTP API as methods. A refusal is a <see cref="BerthApiException"/>, a server that is away a <see cref="BerthUnreachableException"/>; nothing
/// is tried twice by itself. Streams are read as they come and send nothing before they are enumerated. Safe for use by several threads.
/// </summary>
public sealed class BerthClient : IDisposable
{
    private readonly ApiConnection _api;

    /// <param name="token">Null: none is sent.</param>
    public BerthClient(ServerAddress server, string? token, BerthClientOptions? options = null) => _api = new ApiConnection(server, token, options ?? new BerthClientOptions());

    public Task<VersionInfo> GetVersionAsync(CancellationToken ct) => _api.AskAsync(HttpMethod.Get, "v1/version", null, ContractsJson.Default.VersionInfo, ct);

    public Task<IReadOnlyList<AppSummary>> ListAppsAsync(CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, "v1/apps", null, static answer => AppSummaryReader.Read(answer), ct);

    /// <param name="name">Null: the server chooses one.</param>
    public Task<AppInfo> CreateAppAsync(string? name, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Post, "v1/apps", ApiConnection.Json(new CreateAppRequest(name), ContractsJson.Default.CreateAppRequest), ContractsJson.Default.AppInfo, ct);

    public Task<AppInfo> GetAppAsync(string app, CancellationToken ct) => _api.AskAsync(HttpMethod.Get, App(app), null, ContractsJson.Default.AppInfo, ct);

    public Task DeleteAppAsync(string app, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, App(app), null, ct);

    /// <param name="writeTar">Writes the source as an uncompressed tar; null: there is none. It is called once the server is ready to take it.</param>
    public IAsyncEnumerable<DeploymentEvent> DeployAsync(string app, DeployQuery query, Func<Stream, CancellationToken, Task>? writeTar, CancellationToken ct)
    {
        var path = new QueryText(App(app) + "/deployments").Add("image", query.Image).Add("force", query.Force).Add("commit", query.Commit).Add("create", query.Create).Add("randomRoute", query.RandomRoute).Add("watch", query.Watch);
        return writeTar is null
            ? _api.StreamAsync(HttpMethod.Post, path.ToString(), null, ContractsJson.Default.DeploymentEvent, ct)
            : _api.StreamAsync(path.ToString(), new SourceContent(writeTar), ContractsJson.Default.DeploymentEvent, ct);
    }

    public Task<IReadOnlyList<DeploymentInfo>> ListDeploymentsAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/deployments", null, ContractsJson.Default.IReadOnlyListDeploymentInfo, ct);

    /// <summary>A deployment from its first event on, until it has ended.</summary>
    public IAsyncEnumerable<DeploymentEvent> ReadDeploymentAsync(string id, CancellationToken ct) =>
        _api.StreamAsync(HttpMethod.Get, $"v1/deployments/{Escape(id)}/events", null, ContractsJson.Default.DeploymentEvent, ct);

    public Task CancelDeploymentAsync(string id, CancellationToken ct) => _api.TellAsync(HttpMethod.Post, $"v1/deployments/{Escape(id)}/cancel", null, ct);

    public Task<IReadOnlyList<ServiceInfo>> ListServicesAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/services", null, ContractsJson.Default.IReadOnlyListServiceInfo, ct);

    public Task<IReadOnlyList<ServiceInfo>> ScaleAsync(string app, ScaleRequest request, CancellationToken ct) => _api.AskAsync(
        HttpMethod.Post, App(app) + "/scale", ApiConnection.Json(request, ContractsJson.Default.ScaleRequest), ContractsJson.Default.IReadOnlyListServiceInfo, ct);

    public Task<ScalingInfo> GetScalingAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/scaling", null, ContractsJson.Default.ScalingInfo, ct);

    /// <param name="points">At most so many for each service.</param>
    public Task<AppMetrics> GetAppMetricsAsync(string app, int points, CancellationToken ct) => _api.AskAsync(
        HttpMethod.Get, new QueryText(App(app) + "/metrics").Add("points", points.ToString(CultureInfo.InvariantCulture)).ToString(), null, ContractsJson.Default.AppMetrics, ct);

    public Task<IReadOnlyList<ServiceInfo>> RestartAsync(string app, RestartRequest request, CancellationToken ct) => _api.AskAsync(
        HttpMethod.Post, App(app) + "/restart", ApiConnection.Json(request, ContractsJson.Default.RestartRequest), ContractsJson.Default.IReadOnlyListServiceInfo, ct);

    /// <summary>The app once all that is wanted of it runs, or it turns out that it does not come up. Empty if it was deleted meanwhile.</summary>
    public IAsyncEnumerable<AppInfo> ReadSettledAsync(string app, CancellationToken ct) =>
        _api.StreamAsync(HttpMethod.Get, App(app) + "/settled", null, ContractsJson.Default.AppInfo, ct);

    public IAsyncEnumerable<DeploymentEvent> RollbackAsync(string app, RollbackRequest request, CancellationToken ct) =>
        _api.StreamAsync(HttpMethod.Post, App(app) + "/rollback", ApiConnection.Json(request, ContractsJson.Default.RollbackRequest), ContractsJson.Default.DeploymentEvent, ct);

    public Task<IReadOnlyList<ReleaseInfo>> ListReleasesAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/releases", null, ContractsJson.Default.IReadOnlyListReleaseInfo, ct);

    /// <param name="release">Its label (<c>v3</c>) or id.</param>
    public Task<ReleaseDetails> GetReleaseAsync(string app, string release, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, $"{App(app)}/releases/{Escape(release)}", null, ContractsJson.Default.ReleaseDetails, ct);

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<CrashSummary>> ListCrashesAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/crashes", null, ContractsJson.Default.IReadOnlyListCrashSummary, ct);

    public Task<CrashDetails> GetCrashAsync(string sandbox, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, $"v1/crashes/{Escape(sandbox)}", null, ContractsJson.Default.CrashDetails, ct);

    public Task<SpaceInfo> GetSpaceAsync(CancellationToken ct) => _api.AskAsync(HttpMethod.Get, "v1/system/space", null, ContractsJson.Default.SpaceInfo, ct);

    /// <summary>Looks at everything that Berth needs, in some seconds.</summary>
    public Task<IReadOnlyList<FindingInfo>> ExamineAsync(CancellationToken ct) => _api.AskAsync(HttpMethod.Get, "v1/system/doctor", null, ContractsJson.Default.IReadOnlyListFindingInfo, ct);

    /// <summary>An image that the engine has; nothing is pulled.</summary>
    public Task<ImageDetails> GetImageAsync(string reference, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, new QueryText("v1/images").Add("reference", reference).ToString(), null, ContractsJson.Default.ImageDetails, ct);

    public Task<IReadOnlyList<EnvInfo>> ListEnvAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/env", null, ContractsJson.Default.IReadOnlyListEnvInfo, ct);

    /// <summary>The deployment that the change makes; empty where the app has no release yet.</summary>
    public IAsyncEnumerable<DeploymentEvent> ChangeEnvAsync(string app, EnvChangeRequest request, CancellationToken ct) =>
        _api.StreamAsync(HttpMethod.Patch, App(app) + "/env", ApiConnection.Json(request, ContractsJson.Default.EnvChangeRequest), ContractsJson.Default.DeploymentEvent, ct);

    /// <param name="app">Null: of all apps.</param>
    public Task<IReadOnlyList<PoolInfo>> ListPoolsAsync(string? app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, new QueryText("v1/pools").Add("app", app).ToString(), null, ContractsJson.Default.IReadOnlyListPoolInfo, ct);

    /// <param name="app">Null: of all apps.</param>
    /// <param name="all">Also those that have ended.</param>
    public Task<IReadOnlyList<SandboxInfo>> ListSandboxesAsync(string? app, bool all, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, new QueryText("v1/sandboxes").Add("app", app).Add("all", all).ToString(), null, ContractsJson.Default.IReadOnlyListSandboxInfo, ct);

    /// <param name="app">Null: of all apps.</param>
    /// <param name="sandbox">Null: all.</param>
    public Task<IReadOnlyList<SandboxMetrics>> ListSandboxMetricsAsync(string? app, string? sandbox, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, new QueryText("v1/sandboxes/metrics").Add("app", app).Add("sandbox", sandbox).ToString(), null, ContractsJson.Default.IReadOnlyListSandboxMetrics, ct);

    public Task StopSandboxAsync(string id, CancellationToken ct) => _api.TellAsync(HttpMethod.Post, $"v1/sandboxes/{Escape(id)}/stop", null, ct);

    /// <summary>Runs a command in a running sandbox.</summary>
    public Task<ExecSession> ExecAsync(string sandbox, ExecQuery query, CancellationToken ct) =>
        ExecSession.OpenAsync(_api, WithCommand($"v1/sandboxes/{Escape(sandbox)}/exec", query).Add("tty", query.Tty).Add("stdin", query.Stdin).ToString(), ct);

    /// <summary>Runs a command in a new sandbox of the active release, which ends with the session.</summary>
    /// <param name="service">Whose image, variables and limits it has; null: the server chooses one of the app's own image.</param>
    public Task<ExecSession> RunAsync(string app, string? service, ExecQuery query, CancellationToken ct) =>
        ExecSession.OpenAsync(_api, WithCommand(App(app) + "/run", query).Add("service", service).Add("tty", query.Tty).ToString(), ct);

    /// <summary>Asks whether a port of a service takes connections; if not, that is an exception that says why.</summary>
    public Task CheckForwardAsync(string app, string service, int port, CancellationToken ct) => _api.TellAsync(HttpMethod.Get, Forward(app, service, port), null, ct);

    /// <summary>Connects a TCP connection to a port of a service, and carries its bytes until it ends (<see cref="ForwardRelay"/>).</summary>
    public async Task ForwardAsync(string app, string service, int port, Socket connection, CancellationToken ct)
    {
        using var opened = await ApiSocket.OpenAsync(_api, Forward(app, service, port), ct).ConfigureAwait(false);
        await ForwardRelay.RunAsync(opened.Socket, connection, ct).ConfigureAwait(false);
    }

    public IAsyncEnumerable<LogLine> ReadLogsAsync(string app, LogQuery query, CancellationToken ct)
    {
        var path = new QueryText(App(app) + "/logs").Add("follow", query.Follow).Add("service", query.Service).Add("sandbox", query.Sandbox)
            .Add("since", Instant(query.Since)).Add("lines", query.Lines?.ToString(CultureInfo.InvariantCulture)).Add("filter", query.Filter);
        return _api.StreamAsync(HttpMethod.Get, path.ToString(), null, ContractsJson.Default.LogLine, ct);
    }

    public Task<IReadOnlyList<RouteInfo>> ListRoutesAsync(CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, "v1/routes", null, ContractsJson.Default.IReadOnlyListRouteInfo, ct);

    public Task AddRouteAsync(RouteRequest request, CancellationToken ct) =>
        _api.TellAsync(HttpMethod.Post, "v1/routes", ApiConnection.Json(request, ContractsJson.Default.RouteRequest), ct);

    /// <param name="address">A host, perhaps with a path.</param>
    public Task RemoveRouteAsync(string address, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, Route(address), null, ct);

    /// <param name="address">A host, perhaps with a path.</param>
    public Task<RouteInfo> ChangeRouteAsync(string address, RouteChangeRequest request, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Patch, Route(address), ApiConnection.Json(request, ContractsJson.Default.RouteChangeRequest), ContractsJson.Default.RouteInfo, ct);

    public Task<IReadOnlyList<CertificateInfo>> ListCertificatesAsync(CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, "v1/certificates", null, ContractsJson.Default.IReadOnlyListCertificateInfo, ct);

    public Task<CertificateInfo> PutCertificateAsync(string host, CertificateRequest request, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Put, $"v1/certificates/{Escape(host)}", ApiConnection.Json(request, ContractsJson.Default.CertificateRequest), ContractsJson.Default.CertificateInfo, ct);

    public Task RemoveCertificateAsync(string host, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, $"v1/certificates/{Escape(host)}", null, ct);

    /// <param name="on">Whether the host's certificates are had by ACME from now on.</param>
    public Task SetAutomaticCertificateAsync(string host, bool on, CancellationToken ct) =>
        _api.TellAsync(on ? HttpMethod.Put : HttpMethod.Delete, $"v1/certificates/{Escape(host)}/automatic", null, ct);

    public Task SetMaintenanceAsync(string app, MaintenanceRequest request, CancellationToken ct) =>
        _api.TellAsync(HttpMethod.Put, App(app) + "/maintenance", ApiConnection.Json(request, ContractsJson.Default.MaintenanceRequest), ct);

    public Task SetDefaultRouteAsync(DefaultRouteRequest request, CancellationToken ct) =>
        _api.TellAsync(HttpMethod.Put, "v1/routes/default", ApiConnection.Json(request, ContractsJson.Default.DefaultRouteRequest), ct);

    public Task<IReadOnlyList<DiskInfo>> ListDisksAsync(CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, "v1/disks", null, ContractsJson.Default.IReadOnlyListDiskInfo, ct);

    public Task<DiskInfo> CreateDiskAsync(DiskRequest request, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Post, "v1/disks", ApiConnection.Json(request, ContractsJson.Default.DiskRequest), ContractsJson.Default.DiskInfo, ct);

    public Task DeleteDiskAsync(string disk, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, Disk(disk), null, ct);

    /// <summary>Writes the disk's files as a compressed tar. If this throws, what was written is no backup.</summary>
    public Task BackUpDiskAsync(string disk, Stream target, CancellationToken ct) => _api.DownloadAsync(Disk(disk) + "/backup", target, ct);

    /// <param name="backup">What <see cref="BackUpDiskAsync"/> wrote.</param>
    /// <param name="sizeGb">Null: as the disk had that was backed up.</param>
    public Task<DiskInfo> RestoreDiskAsync(string disk, Stream backup, int? sizeGb, CancellationToken ct)
    {
        var path = new QueryText(Disk(disk) + "/restore").Add("sizeGb", sizeGb?.ToString(CultureInfo.InvariantCulture));
        return _api.UploadAsync(path.ToString(), backup, ContractsJson.Default.DiskInfo, ct);
    }

    /// <param name="backup">Id of one that the server has.</param>
    public Task<DiskInfo> RestoreDiskFromAsync(string name, string backup, int? sizeGb, CancellationToken ct)
    {
        var path = new QueryText(Disk(name) + "/restore").Add("backup", backup).Add("sizeGb", sizeGb?.ToString(CultureInfo.InvariantCulture));
        return _api.UploadAsync(path.ToString(), Stream.Null, ContractsJson.Default.DiskInfo, ct);
    }

    public Task<DiskScheduleInfo> SetDiskScheduleAsync(string disk, DiskScheduleRequest request, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Put, Disk(disk) + "/schedule", ApiConnection.Json(request, ContractsJson.Default.DiskScheduleRequest), ContractsJson.Default.DiskScheduleInfo, ct);

    public Task RemoveDiskScheduleAsync(string disk, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, Disk(disk) + "/schedule", null, ct);

    /// <summary>Newest first.</summary>
    /// <param name="disk">Null: of all.</param>
    public Task<IReadOnlyList<BackupInfo>> ListBackupsAsync(string? disk, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, new QueryText("v1/backups").Add("disk", disk).ToString(), null, ContractsJson.Default.IReadOnlyListBackupInfo, ct);

    /// <summary>Has the server make one and keep it.</summary>
    public Task<BackupInfo> MakeBackupAsync(string disk, CancellationToken ct) => _api.UploadAsync(Disk(disk) + "/backups", Stream.Null, ContractsJson.Default.BackupInfo, ct);

    /// <summary>Has the server restore the newest backup on trial; whether it is good stands in the answer.</summary>
    public Task<BackupInfo> ProveBackupAsync(string disk, CancellationToken ct) => _api.UploadAsync(Disk(disk) + "/proof", Stream.Null, ContractsJson.Default.BackupInfo, ct);

    /// <param name="app">Null: of all apps.</param>
    public Task<IReadOnlyList<DrainInfo>> ListDrainsAsync(string? app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, new QueryText("v1/drains").Add("app", app).ToString(), null, ContractsJson.Default.IReadOnlyListDrainInfo, ct);

    public Task<DrainInfo> AddDrainAsync(string app, DrainRequest request, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Post, App(app) + "/drains", ApiConnection.Json(request, ContractsJson.Default.DrainRequest), ContractsJson.Default.DrainInfo, ct);

    public Task RemoveDrainAsync(string id, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, $"v1/drains/{Escape(id)}", null, ct);

    public Task<IReadOnlyList<TokenInfo>> ListTokensAsync(CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, "v1/tokens", null, ContractsJson.Default.IReadOnlyListTokenInfo, ct);

    public Task<TokenCreated> CreateTokenAsync(TokenRequest request, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Post, "v1/tokens", ApiConnection.Json(request, ContractsJson.Default.TokenRequest), ContractsJson.Default.TokenCreated, ct);

    public Task RevokeTokenAsync(string id, CancellationToken ct) => _api.TellAsync(HttpMethod.Delete, $"v1/tokens/{Escape(id)}", null, ct);

    public Task<IReadOnlyList<CronInfo>> ListCronsAsync(string app, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Get, App(app) + "/crons", null, ContractsJson.Default.IReadOnlyListCronInfo, ct);

    /// <summary>Newest first.</summary>
    /// <param name="cron">Null: of all.</param>
    public Task<IReadOnlyList<CronRunInfo>> ListCronRunsAsync(string app, string? cron, int lines, CancellationToken ct)
    {
        var path = new QueryText(App(app) + "/crons/runs").Add("cron", cron).Add("lines", lines.ToString(CultureInfo.InvariantCulture));
        return _api.AskAsync(HttpMethod.Get, path.ToString(), null, ContractsJson.Default.IReadOnlyListCronRunInfo, ct);
    }

    /// <summary>Begins one now; its sandbox is named by the run's id.</summary>
    public Task<CronRunInfo> RunCronAsync(string app, string cron, CancellationToken ct) =>
        _api.AskAsync(HttpMethod.Post, $"{App(app)}/crons/{Escape(cron)}/run", null, ContractsJson.Default.CronRunInfo, ct);

    /// <summary>Newest first.</summary>
    /// <param name="app">Null: whatever it concerns.</param>
    /// <param name="since">Null: as far back as is kept.</param>
    public Task<IReadOnlyList<AuditInfo>> ListAuditAsync(string? app, DateTimeOffset? since, int lines, CancellationToken ct)
    {
        var path = new QueryText("v1/audit").Add("app", app).Add("since", Instant(since)).Add("lines", lines.ToString(CultureInfo.InvariantCulture));
        return _api.AskAsync(HttpMethod.Get, path.ToString(), null, ContractsJson.Default.IReadOnlyListAuditInfo, ct);
    }

    public void Dispose() => _api.Dispose();

    private static string? Instant(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Route(string address) => "v1/routes/" + string.Join('/', address.Split('/').Select(Escape));

    private static string App(string app) => "v1/apps/" + Escape(app);

    private static string Disk(string disk) => "v1/disks/" + Escape(disk);

    private static string Forward(string app, string service, int port) =>
        new QueryText(App(app) + "/forward").Add("service", service).Add("port", port.ToString(CultureInfo.InvariantCulture)).ToString();

    private static QueryText WithCommand(string path, ExecQuery query)
    {
        var text = new QueryText(path);
        foreach (var word in query.Command)
            text.Add("command", word);
        return text;
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);

    /// <summary>A path with the conditions that were given; what is null or false is left out.</summary>
    private sealed class QueryText(string path)
    {
        private readonly StringBuilder _text = new(path);
        private char _separator = '?';

        public QueryText Add(string name, string? value)
        {
            if (value is null)
                return this;
            _text.Append(_separator).Append(name).Append('=').Append(Escape(value));
            _separator = '&';
            return this;
        }

        public QueryText Add(string name, bool value) => Add(name, value ? "true" : null);

        public override string ToString() => _text.ToString();
    }
}
