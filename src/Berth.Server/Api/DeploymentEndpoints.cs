using System.IO.Compression;
using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>All that makes a release: each answers with the stream of what happens, which may be left and taken up again.</summary>
internal static class DeploymentEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/apps/{app}/deployments", DeployAsync).Needs(Permission.Deploy).WithSummary("Deploy a tar of a folder, or an image").Produces<DeploymentEvent>(200, "application/x-ndjson");
        api.MapGet("/apps/{app}/deployments", List).Needs(Permission.View).WithSummary("An app's deployments, newest first").Produces<IReadOnlyList<DeploymentInfo>>();
        api.MapGet("/deployments/{id}/events", Events).Needs(Permission.View, Subject.Deployment).WithSummary("What happens in a deployment, from its beginning").Produces<DeploymentEvent>(200, "application/x-ndjson");
        api.MapPost("/deployments/{id}/cancel", Cancel).Needs(Permission.Deploy, Subject.Deployment).WithSummary("Cancel a deployment that has not switched yet").Produces<DeploymentInfo>();
        api.MapPost("/apps/{app}/rollback", RollBack).Needs(Permission.Deploy).WithSummary("Deploy an older release again").Produces<DeploymentEvent>(200, "application/x-ndjson");
        api.MapPatch("/apps/{app}/env", ChangeEnv).Needs(Permission.Deploy).WithSummary("Set and unset variables, as a new release").Produces<DeploymentEvent>(200, "application/x-ndjson");
    }

    private static async Task<IResult> DeployAsync(
        string app, string? image, bool? force, string? commit, bool? create, bool? randomRoute, string? watch, HttpRequest request, ControlPlane control, ControlOptions options, DeploymentViews views, TimeProvider time, CancellationToken ct)
    {
        var watched = control.Deployments.ParseWatch(watch);
        if (watched.Error is { } noDuration)
            return ProblemResults.From(noDuration);
        var found = control.Apps.Find(app);
        if (found.Error is { Kind: ErrorKind.NotFound } && create == true)
            found = control.Apps.Create(app);
        if (found.Error is { } missing)
            return ProblemResults.From(missing);

        request.HttpContext.Note(image is not null ? $"image {image}" : Short(commit) is { } known ? $"source at {known}" : "source");
        var archive = await ReceiveAsync(request, options, time, ct);
        if (image is not null)
            return Stream(control.Deployments.DeployImage(found.Value, image, archive, force == true, watched.Value), views);
        return archive is null
            ? ProblemResults.Of(StatusCodes.Status422UnprocessableEntity, "no-source", "the request has neither a tar of a source as its body nor ?image=REF; send one of them")
            : Stream(control.Deployments.DeploySource(found.Value, archive, Short(commit), force == true, randomRoute == true, watched.Value), views);
    }

    /// <summary>Writes the body to a file, so that a deployment can wait in line without its client. Null for an empty body.</summary>
    private static async Task<string?> ReceiveAsync(HttpRequest request, ControlOptions options, TimeProvider time, CancellationToken ct)
    {
        var path = Path.Combine(options.BuildsFolder, $"{Ids.Unique(time.GetUtcNow())}.tar");
        Directory.CreateDirectory(options.BuildsFolder);
        try
        {
            await using (var file = File.Create(path))
            {
                var gzip = request.Headers.ContentEncoding.Any(e => e is "gzip");
                await using var body = gzip ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
                await CopyWithinAsync(body, file, options.MaxSourceBytes, ct);
            }
            // The tar of an empty folder has no bytes: its deployment says what is missing.
            if (new FileInfo(path).Length > 0 || request.ContentType?.StartsWith("application/x-tar", StringComparison.OrdinalIgnoreCase) == true)
                return path;
            File.Delete(path);
            return null;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static async Task CopyWithinAsync(Stream from, Stream to, long limit, CancellationToken ct)
    {
        var buffer = new byte[81920];
        long total = 0;
        int read;
        while ((read = await from.ReadAsync(buffer, ct)) > 0)
        {
            total += read;
            if (total > limit)
                throw new BadHttpRequestException($"the source has more than {ByteSize.ForPeople(limit)} unpacked; leave what is not needed out with .gitignore or .dockerignore", StatusCodes.Status413PayloadTooLarge);
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

    private static IResult List(string app, ControlPlane control, DeploymentViews views)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } error
            ? ProblemResults.From(error)
            : Results.Ok<IReadOnlyList<DeploymentInfo>>([.. control.Stores.Deployments.List(app, limit: 100).Select(d => views.Info(d))]);
    }

    private static IResult Events(string id, ControlPlane control, DeploymentViews views) => control.Stores.Deployments.Find(id) is { } deployment
        ? Stream(deployment, views)
        : ProblemResults.From(Subjects.NotFound(Subject.Deployment, id));

    private static IResult Cancel(string id, ControlPlane control, DeploymentViews views)
    {
        var cancelled = control.Deployments.Cancel(id);
        return cancelled.Error is { } error ? ProblemResults.From(error) : Results.Ok(views.Info(cancelled.Value));
    }

    private static IResult RollBack(string app, RollbackRequest request, HttpContext http, ControlPlane control, DeploymentViews views)
    {
        http.Note($"to {request.Release ?? "the release before"}");
        var watched = control.Deployments.ParseWatch(request.Watch);
        return watched.Error is { } error ? ProblemResults.From(error) : Begin(control, app, found => control.Deployments.RollBack(found, request.Release, watched.Value), views);
    }

    private static IResult ChangeEnv(string app, EnvChangeRequest request, HttpContext http, ControlPlane control, DeploymentViews views)
    {
        http.Note(string.Join(", ", request.Set.Keys.Select(key => $"set {key}").Concat(request.Unset.Select(key => $"unset {key}"))));
        return Begin(control, app, found => control.Deployments.ChangeConfig(found, [.. request.Set.Select(s => new EnvVar(s.Key, s.Value) { Secret = request.Secret == true })], request.Unset), views);
    }

    private static IResult Begin(ControlPlane control, string app, Func<AppRecord, Outcome<Deployment>> begin, DeploymentViews views)
    {
        var found = control.Apps.Find(app);
        return found.Error is { } error ? ProblemResults.From(error) : Stream(begin(found.Value), views);
    }

    private static IResult Stream(Outcome<Deployment> begun, DeploymentViews views) =>
        begun.Error is { } error ? ProblemResults.From(error) : new NdjsonResult<DeploymentEvent>(views.EventsAsync(begun.Value.Id, CancellationToken.None), ContractsJson.Default.DeploymentEvent);

    private static string? Short(string? commit) => commit is { Length: > 0 } && commit.All(char.IsAsciiHexDigit) ? commit[..Math.Min(12, commit.Length)] : null;
}
