using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;
using Berth.Definitions;
using Berth.Definitions.CfManifest;
using Berth.Model;

namespace Berth.Cli.Analysis;

/// <summary><c>berth deploy --analyze</c>: reads as a deployment would, asks the server only what runs now and which images it has, and changes nothing.</summary>
internal sealed class AnalysisRun(CommandContext context, bool json)
{
    private readonly List<AnalysisReport> _reports = [];
    private bool _unasked;

    /// <summary>The files could not be read so far that their apps were known.</summary>
    public void Add(string app, IReadOnlyList<DiagnosticInfo> problems) => _reports.Add(new AnalysisReport
    {
        App = app,
        Errors = [.. problems.Where(d => d.Severity != "warning")],
        Warnings = [.. problems.Where(d => d.Severity == "warning")],
    });

    public async Task AddFolderAsync(string app, string folder, PushedDefinition? definition, CancellationToken ct)
    {
        var (report, read) = SourceReport.OfFolder(app, folder, definition);
        _reports.Add(read is null ? report : await CompareAsync(await WithMissingAsync(report, read, ct).ConfigureAwait(false), read, ct).ConfigureAwait(false));
    }

    public async Task AddImageAsync(string app, string reference, byte[]? procfile, CancellationToken ct)
    {
        var image = await AskAsync(client => client.GetImageAsync(reference, ct)).ConfigureAwait(false);
        var known = image is null ? null : new ImageInfo { Id = image.Id, Architecture = "", Entrypoint = image.Entrypoint, Cmd = image.Cmd, ExposedTcpPorts = image.ExposedTcpPorts };
        var (report, read) = SourceReport.OfImage(app, reference, procfile, known);
        _reports.Add(read is null ? report : await CompareAsync(report, read, ct).ConfigureAwait(false));
    }

    public int Show()
    {
        if (json && _reports is [var only])
            JsonOutput.Write(context.Out, only, ContractsJson.Default.AnalysisReport);
        else if (json)
            JsonOutput.Write(context.Out, _reports, ContractsJson.Default.IReadOnlyListAnalysisReport);
        else
            _reports.ForEach(report => AnalysisText.Write(context, report));
        return _reports.Exists(report => report.Errors.Count > 0) ? ExitCodes.Failed : ExitCodes.Done;
    }

    /// <summary>Adds the variables that the files ask for and nobody has set, if the server can be asked.</summary>
    private async Task<AnalysisReport> WithMissingAsync(AnalysisReport report, AppDefinition definition, CancellationToken ct)
    {
        if (definition.RequiredEnv.Count == 0)
            return report;
        var config = await AskAsync(client => client.ListEnvAsync(report.App, ct)).ConfigureAwait(false) ?? [];
        var missing = _unasked ? null : RequiredVariables.Missing(definition, [.. config.Where(v => v.Source == "manual").Select(v => new EnvVar(v.Key, v.Value ?? "***"))]);
        return missing is null ? report : report with { Errors = [.. report.Errors, AppFiles.ToInfo(missing)] };
    }

    private async Task<AnalysisReport> CompareAsync(AnalysisReport report, AppDefinition definition, CancellationToken ct)
    {
        if (await AskAsync(client => client.GetAppAsync(report.App, ct)).ConfigureAwait(false) is not { Release: { } label })
            return report;
        if (await AskAsync(client => client.GetReleaseAsync(report.App, label, ct)).ConfigureAwait(false) is not { } active)
            return report;
        var routes = await AskAsync(client => client.ListRoutesAsync(ct)).ConfigureAwait(false) ?? [];
        return report with { Release = label, Changes = Changes(active, report.Services, definition, routes) };
    }

    private static IReadOnlyList<ChangeInfo> Changes(ReleaseDetails active, IReadOnlyList<ServiceDetails> services, AppDefinition definition, IReadOnlyList<RouteInfo> routes)
    {
        // What a person set wins over the files, and stays when the files do not name it.
        var manual = active.Env.Where(v => v.Source == "manual").ToList();
        var fromFiles = definition.Env.Where(v => definition.EnvIsConfig || manual.TrueForAll(m => m.Key != v.Key)).Select(v => new EnvInfo(v.Key, v.Value, "config")).ToList();
        var kept = manual.Where(m => fromFiles.TrueForAll(v => v.Key != m.Key));
        return
        [
            .. ReleaseChanges.OfServices(active.Services, services),
            .. ReleaseChanges.OfEnv(active.Env, [.. fromFiles, .. kept]),
            .. ReleaseChanges.OfReleaseCommand(active.ReleaseCommand, definition.ReleaseCommand),
            .. Routes(definition.Routes, routes, active.Release.Id),
            .. ReleaseChanges.OfReplacing(active.Services, services),
        ];
    }

    private static IEnumerable<ChangeInfo> Routes(RouteWishes? wishes, IReadOnlyList<RouteInfo> routes, string release)
    {
        var app = release[..release.LastIndexOf("-v", StringComparison.Ordinal)];
        if (wishes is { None: true })
            return routes.Where(r => r.App == app).Select(r => new ChangeInfo(ReleaseChanges.Removed, $"route {r.Address}", $"route {r.Address} is removed"));
        return (wishes?.Hosts ?? []).Where(host => !routes.Any(r => r.Address == host)).Select(host => new ChangeInfo(ReleaseChanges.Added, $"route {host}", $"route {host} is added"));
    }

    /// <summary>Null where the server does not know it, or cannot be asked: an analysis goes without, and says so.</summary>
    private async Task<T?> AskAsync<T>(Func<BerthClient, Task<T>> ask) where T : class
    {
        if (_unasked)
            return null;
        try
        {
            using var client = context.Connect();
            return await ask(client).ConfigureAwait(false);
        }
        catch (BerthApiException e) when (e.Status == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception e) when (e is BerthApiException or BerthUnreachableException)
        {
            if (!_unasked)
                context.Error.Write(CliMessages.NotCompared(e.Message) + "\n");
            _unasked = true;
            return null;
        }
    }
}
