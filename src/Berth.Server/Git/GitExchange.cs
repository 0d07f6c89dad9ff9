using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Berth.Control;

namespace Berth.Server.Git;

/// <summary>Passes one HTTP exchange to <c>git upload-pack</c> or <c>git receive-pack</c> and back, as git's own CGI program does.</summary>
internal sealed partial class GitExchange(
    ControlPlane control, ControlOptions controlOptions, GitRepositories repositories, GitOptions options, IHostApplicationLifetime lifetime, ILogger<GitExchange> log) : IDisposable
{
    private const string Upload = "git-upload-pack";
    private const string Receive = "git-receive-pack";
    private const int BufferBytes = 32 * 1024;

    /// <summary>Of a request, beyond the pack in it: names of refs and what git says around them.</summary>
    private const long MaxTalkBytes = 16L << 20;

    private readonly SemaphoreSlim _running = new(options.RequestsAtOnce);

    /// <summary>What refs there are; the first request of every fetch and push.</summary>
    public async Task AdvertiseAsync(HttpContext http, string repository, string? service)
    {
        if (service is not (Upload or Receive))
        {
            await GitEndpoints.RefuseAsync(http, StatusCodes.Status403Forbidden, GitMessages.OnlySmart);
            return;
        }
        await WithRepositoryAsync(http, repository, async (app, path) =>
        {
            if (service == Receive)
                repositories.Bound(app);
            path = await repositories.OpenAsync(app, http.RequestAborted);
            Answer(http, $"application/x-{service}-advertisement");
            if (http.Request.Headers["Git-Protocol"].ToString() != "version=2")
                await http.Response.WriteAsync($"{service.Length + 15:x4}# service={service}\n0000", Encoding.ASCII, http.RequestAborted);
            await RunAsync(http, path, [.. Settings(), service[4..], "--stateless-rpc", "--advertise-refs", path], push: null, withBody: false);
        });
    }

    public Task FetchAsync(HttpContext http, string repository) => WithRepositoryAsync(http, repository, (_, path) =>
    {
        Answer(http, "application/x-git-upload-pack-result");
        return RunAsync(http, path, [.. Settings(), "upload-pack", "--stateless-rpc", path], push: null, withBody: true);
    });

    /// <summary>A push goes on without its client once all of it has come: its deployment is not lost by a closed laptop.</summary>
    public Task PushAsync(HttpContext http, string repository) => WithRepositoryAsync(http, repository, async (app, path) =>
    {
        Answer(http, "application/x-git-receive-pack-result");
        var push = repositories.BeginPush(app);
        try
        {
            await RunAsync(http, path, [.. Settings(), "receive-pack", "--stateless-rpc", path], push, withBody: true);
        }
        finally
        {
            repositories.EndPush(push);
        }
        await repositories.TidyAsync(app);
    });

    public void Dispose() => _running.Dispose();

    private IEnumerable<string> Settings() =>
    [
        "-c", $"core.hooksPath={HookListener.HooksFolder(controlOptions)}",
        "-c", FormattableString.Invariant($"receive.maxInputSize={options.MaxPushBytes}"),
        "-c", "receive.shallowUpdate=true",
        "-c", "receive.autogc=false",
        "-c", "receive.denyDeleteCurrent=ignore",
        "-c", "uploadpack.allowAnySHA1InWant=true",
    ];

    private async Task WithRepositoryAsync(HttpContext http, string repository, Func<string, string, Task> serve)
    {
        var app = ControlOptions.AppOf(repository);
        var found = control.Apps.Find(app);
        if (found.Error is { } missing)
            await GitEndpoints.RefuseAsync(http, StatusCodes.Status404NotFound, missing.Message);
        else if (!GitProgram.IsInstalled)
            await GitEndpoints.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, GitMessages.NoGit);
        else if (!await _running.WaitAsync(TimeSpan.Zero))
            await GitEndpoints.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, GitMessages.TooMany(options.RequestsAtOnce));
        else
        {
            try
            {
                await serve(app, await repositories.OpenAsync(app, http.RequestAborted));
            }
            finally
            {
                _running.Release();
            }
        }
    }

    private static void Answer(HttpContext http, string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-cache";
    }

    private async Task RunAsync(HttpContext http, string path, IEnumerable<string> arguments, string? push, bool withBody)
    {
        var environment = new Dictionary<string, string>();
        if (push is not null)
            (environment[GitHook.PushVariable], environment[GitHook.SocketVariable]) = (push, HookListener.SocketOf(controlOptions));
        if (http.Request.Headers["Git-Protocol"].ToString() is { Length: > 0 and <= 100 } protocol && protocol.All(c => char.IsAsciiLetterOrDigit(c) || c is '=' or ':'))
            environment["GIT_PROTOCOL"] = protocol;
        using var git = GitProgram.Start(path, arguments, environment);
        var errors = GitProgram.ErrorsAsync(git);
        try
        {
            var feeding = withBody ? FeedAsync(http.Request, git, http.RequestAborted) : CloseInputAsync(git);
            await ReturnAsync(git, http, outlivesClient: push is not null);
            await feeding;
            var result = await GitProgram.EndAsync(git, "", errors, lifetime.ApplicationStopping);
            // A refused push ends so, too, and the client has been told why.
            if (result.ExitCode != 0 && push is null)
                LogFailed(path, result.ExitCode, result.Errors);
        }
        catch (OperationCanceledException)
        {
            // Its hook hears from its socket that berthd is gone, and nothing is written.
            git.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Gives it the request's body. One that breaks off is left to git, which finds it too short and undoes what it had begun.</summary>
    private async Task FeedAsync(HttpRequest request, Process git, CancellationToken gone)
    {
        try
        {
            await using var input = git.StandardInput.BaseStream;
            await using var body = request.Headers.ContentEncoding.Any(e => e is "gzip") ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
            var buffer = new byte[BufferBytes];
            long total = 0;
            int read;
            while (total <= options.MaxPushBytes + MaxTalkBytes && (read = await body.ReadAsync(buffer, gone)) > 0)
            {
                total += read;
                await input.WriteAsync(buffer.AsMemory(0, read), gone);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            // The client went away, sent no gzip, or git has ended already: what git answers says what came of it.
        }
    }

    private static Task CloseInputAsync(Process git)
    {
        git.StandardInput.Close();
        return Task.CompletedTask;
    }

    /// <summary>Sends on what git answers, each piece as it comes. After a push has lost its client the rest is read all the same, so that git can finish.</summary>
    private async Task ReturnAsync(Process git, HttpContext http, bool outlivesClient)
    {
        var stopping = lifetime.ApplicationStopping;
        var gone = http.RequestAborted;
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stopping, outlivesClient ? CancellationToken.None : gone);
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await git.StandardOutput.BaseStream.ReadAsync(buffer, reading.Token)) > 0)
        {
            if (gone.IsCancellationRequested)
                continue;
            try
            {
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), gone);
                await http.Response.Body.FlushAsync(gone);
            }
            catch (Exception e) when (outlivesClient && e is IOException or OperationCanceledException)
            {
                // The next look at the token ends the writing.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "git on {Repository} ended with code {ExitCode}: {Errors}")]
    private partial void LogFailed(string repository, int exitCode, string errors);
}
