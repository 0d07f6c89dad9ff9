using System.Diagnostics;
using System.Globalization;
using System.Net;
using Berth.Engines.Processes;
using Berth.Model;
using Microsoft.Extensions.Logging;

namespace Berth.Control.Routing;

/// <summary>How the router is started.</summary>
public sealed record RouterProcessOptions
{
    /// <summary>Path of <c>berth-router</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Addresses for clients: <c>127.0.0.1:8080</c>.</summary>
    public required IReadOnlyList<IPEndPoint> Http { get; init; }

    /// <summary>Addresses for clients with TLS; none: there is no TLS.</summary>
    public IReadOnlyList<IPEndPoint> Https { get; init; } = [];

    /// <summary>The version of <see cref="Program"/>, as it says itself. A running router of another one is replaced without a client noticing. Null, the default: any will do.</summary>
    public string? Version { get; init; }

    public required string ControlSocket { get; init; }

    /// <summary>The router's own folder.</summary>
    public required string StateFolder { get; init; }

    /// <summary>More flags and values, as <c>berth-router</c> takes them, but neither addresses nor files. A running router that was told others is replaced, too. Default none.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>How long a started router may take until it answers. Default 15 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a router that was asked to stop may take, requests in flight included, before it is killed. Default 40 s: its own limit and some.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(40);
}

/// <summary>The router could not be started; the message says why and what to do.</summary>
public sealed class RouterStartException(string message) : Exception(message);

/// <summary>
/// Finds the running router, or starts one that outlives this process: in a session of its own, so that neither a kill of <c>berthd</c> nor
/// Ctrl-C in its terminal reaches it. At most one caller at a time.
/// </summary>
public sealed partial class RouterProcess(RouterProcessOptions options, TimeProvider time, ILogger<RouterProcess> log) : IDisposable
{
    private const int AnotherIsThere = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    public RouterClient Client { get; } = new(options.ControlSocket);

    /// <summary>
    /// The status of the router that runs now. One that listens elsewhere than wanted is stopped first; one of another version, or with other settings, hands its sockets over to a
    /// new one, and stays if that does not start. Fails with a <see cref="RouterStartException"/>.
    /// </summary>
    public async Task<RouterStatus> EnsureAsync(CancellationToken ct)
    {
        var found = await FindAsync(ct);
        if (found is not null && !(found.Http.SequenceEqual(options.Http.Select(address => address.ToString())) && found.Https.SequenceEqual(options.Https.Select(address => address.ToString()))))
        {
            await StopAsync(ct);
            found = null;
        }
        if (found is null)
            return await StartAsync([], _ => true, ct);
        var isAsWanted = (options.Version is null || options.Version == found.Version) && found.Settings.SequenceEqual(options.Settings);
        return isAsWanted ? found : await ReplaceAsync(found, ct);
    }

    /// <summary>The running router's status; null if none answers.</summary>
    public async Task<RouterStatus?> FindAsync(CancellationToken ct)
    {
        // Without its socket none runs; to learn it from a refused connection would take the whole machinery that describes failures.
        if (!File.Exists(options.ControlSocket))
            return null;
        using var limit = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await Client.StatusAsync(either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Ends the running router: SIGTERM, by which it finishes requests in flight; SIGKILL after <see cref="RouterProcessOptions.StopTimeout"/>. Nothing happens if none runs.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (await RunningPidAsync(ct) is not { } pid)
            return;
        if (!await ForeignProcess.TerminateAsync(pid, options.StopTimeout, time, ct))
            await ForeignProcess.KillAsync(pid, options.StopTimeout, time, ct);
    }

    public void Dispose() => Client.Dispose();

    private async Task<RouterStatus> ReplaceAsync(RouterStatus old, CancellationToken ct)
    {
        try
        {
            var successor = await StartAsync(["--if-running", "replace"], status => status.Pid != old.Pid, ct);
            LogReplaced(old.Version, successor.Version);
            return successor;
        }
        catch (RouterStartException e)
        {
            LogNotReplaced(old.Version, e.Message);
            return old;
        }
    }

    private async Task<RouterStatus> StartAsync(string[] arguments, Func<RouterStatus, bool> isIt, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var process = Launch(arguments);
        try
        {
            while (true)
            {
                if (await FindAsync(ct) is { } found && isIt(found))
                    return found;
                if (process.HasExited && process.ExitCode != AnotherIsThere)
                {
                    var said = (await process.StandardError.ReadToEndAsync(ct)).Trim();
                    throw new RouterStartException(RoutingMessages.RouterExited(options.Program, process.ExitCode, said));
                }
                if (time.GetElapsedTime(started) >= options.StartTimeout)
                    throw new RouterStartException(RoutingMessages.RouterSilent(options.Program, options.ControlSocket, options.StartTimeout));
                await Task.Delay(Pause, time, ct);
                if (process.HasExited && process.ExitCode == AnotherIsThere)
                {
                    // The other one did not answer: it is about to stop.
                    process.Dispose();
                    process = Launch(arguments);
                }
            }
        }
        finally
        {
            process.Dispose();
        }
    }

    /// <summary>
    /// By <c>setsid</c>, which becomes the program itself: a new session, the same process id, and an exit code for us to see while it starts. Its
    /// stdin, stdout and stderr are pipes that end when this method's caller lets go of them; the router writes to its own log.
    /// </summary>
    private Process Launch(string[] arguments)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.ArgumentList.Add(options.Program);
        foreach (var address in options.Http)
        {
            start.ArgumentList.Add("--http");
            start.ArgumentList.Add(address.ToString());
        }
        foreach (var address in options.Https)
        {
            start.ArgumentList.Add("--https");
            start.ArgumentList.Add(address.ToString());
        }
        foreach (var argument in (string[])["--control", options.ControlSocket, "--state", options.StateFolder, .. options.Settings, .. arguments])
            start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new RouterStartException(RoutingMessages.RouterNotStarted(options.Program, e.Message));
        }
    }

    /// <summary>From the router itself if it answers, else from its pid file, if that process is still a router.</summary>
    private async Task<int?> RunningPidAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is { } status)
            return status.Pid;
        var file = Path.Combine(options.StateFolder, "router.pid");
        if (!File.Exists(file) || !int.TryParse(await File.ReadAllTextAsync(file, ct), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid))
            return null;
        // Process ids are given out again: what has the id now may be anything.
        var command = $"/proc/{pid}/cmdline";
        return File.Exists(command) && (await File.ReadAllTextAsync(command, ct)).Contains(options.ControlSocket, StringComparison.Ordinal) ? pid : null;
    }

    [LoggerMessage(LogLevel.Information, "A router of version {New} has taken over from one of version {Old}")]
    private partial void LogReplaced(string old, string @new);

    [LoggerMessage(LogLevel.Warning, "The router of version {Old} goes on, because the new one does not start: {Reason}")]
    private partial void LogNotReplaced(string old, string reason);
}
