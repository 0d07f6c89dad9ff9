using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Berth.Control;
using Berth.Control.Space;
using Berth.Model;

namespace Berth.Server.Git;

/// <summary>
/// One bare repository an app, made when git first asks for it, and the pushes that are under way. A repository only spares a client from sending
/// everything with each push: nothing is lost with it. Thread-safe.
/// </summary>
internal sealed partial class GitRepositories(ControlOptions control, GitOptions options, TimeProvider time, ILogger<GitRepositories> log) : IDisposable
{
    private readonly SemaphoreSlim _making = new(1);
    private readonly ConcurrentDictionary<string, string> _pushes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _deploying = new(StringComparer.Ordinal);

    /// <summary>The app's repository, made where there is none.</summary>
    public async Task<string> OpenAsync(string app, CancellationToken ct)
    {
        var path = control.RepositoryOf(app);
        if (Directory.Exists(path))
            return path;
        await _making.WaitAsync(ct);
        try
        {
            if (!Directory.Exists(path))
                await MakeAsync(path, ct);
            return path;
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Empties a repository that has grown past its limit, unless a push to it is under way.</summary>
    public void Bound(string app)
    {
        var path = control.RepositoryOf(app);
        if (_pushes.Values.Contains(app) || !Directory.Exists(path) || FolderSize.Of(path) <= options.MaxRepositoryBytes)
            return;
        LogEmptied(app, ByteSize.ForPeople(options.MaxRepositoryBytes));
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Notes a push from its request to its end; its id is what the hook shows.</summary>
    public string BeginPush(string app)
    {
        var id = Ids.Unique(time.GetUtcNow());
        _pushes[id] = app;
        return id;
    }

    public void EndPush(string id) => _pushes.TryRemove(id, out _);

    /// <summary>The app that the push is to.</summary>
    public bool TryFindPush(string id, [NotNullWhen(true)] out string? app) => _pushes.TryGetValue(id, out app);

    /// <summary>One push an app deploys at a time: of two that begin at the same commit the second would lose when its ref is written, after it was deployed.</summary>
    public bool TryBeginDeploying(string push, string app) => _deploying.TryAdd(app, push);

    public void EndDeploying(string app) => _deploying.TryRemove(app, out _);

    /// <summary>Lets git pack what has gathered, if it finds that worth while.</summary>
    public async Task TidyAsync(string app)
    {
        using var limit = new CancellationTokenSource(options.TidyTimeout, time);
        try
        {
            var tidied = await GitProgram.RunAsync(control.RepositoryOf(app), ["-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"], environment: null, limit.Token);
            if (tidied.ExitCode != 0)
                LogNotTidied(app, tidied.Errors);
        }
        catch (OperationCanceledException)
        {
            LogNotTidied(app, $"it was not done within {options.TidyTimeout}");
        }
    }

    public void Dispose() => _making.Dispose();

    /// <summary>Made aside and moved, so that a kill leaves a whole one or none.</summary>
    private async Task MakeAsync(string path, CancellationToken ct)
    {
        var making = path + ".new";
        if (Directory.Exists(making))
            Directory.Delete(making, recursive: true);
        Directory.CreateDirectory(making, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var made = await GitProgram.RunAsync(making, ["init", "--bare", "--quiet", "--template=", $"--initial-branch={options.Branches[0]}"], environment: null, ct);
        if (made.ExitCode != 0)
            throw new IOException($"git could not make a repository in {making}: {made.Errors}");
        // A push deploys every file of the commit, as `berth deploy` does: what the source asks of its release archives does not count.
        Directory.CreateDirectory(Path.Combine(making, "info"));
        await File.WriteAllTextAsync(Path.Combine(making, "info", "attributes"), "* -export-ignore -export-subst\n", ct);
        Directory.Move(making, path);
    }

    [LoggerMessage(LogLevel.Warning, "The git repository of app {App} has more than {Limit} and is emptied; the next push sends all again")]
    private partial void LogEmptied(string app, string limit);

    [LoggerMessage(LogLevel.Warning, "git could not tidy up the repository of app {App}: {Reason}")]
    private partial void LogNotTidied(string app, string reason);
}
