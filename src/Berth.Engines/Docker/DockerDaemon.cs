using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Engines.Processes;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// A <c>dockerd</c> of Berth's own. It has a session and a log of its own, so that neither Ctrl-C nor the death of Berth ends it; it is known by
/// its socket and its pid file.
/// </summary>
internal sealed class DockerDaemon
{
    private const string Program = "dockerd";
    private const int LinesShown = 20;
    private const int BytesShown = 8 * 1024;

    /// <summary>How many <see cref="Step"/>s a containerd whose dockerd is gone gets to die.</summary>
    private const int ContainerdSteps = 20;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Starts argv ($1 …) in a session of its own with its output appended to $LOG. A fixed script: nothing of ours is ever put into its text.
    /// </summary>
    private const string Detach = "exec setsid \"$@\" >>\"$LOG\" 2>&1 </dev/null";

    private readonly DockerHostOptions _options;
    private readonly TimeProvider _time;
    private readonly string _folder;
    private readonly string _execRoot;
    private readonly string _pidFile;
    private readonly string _log;

    public DockerDaemon(DockerHostOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _folder = Path.Combine(Path.GetFullPath(options.StateDirectory), "docker");
        // The same for the same state folder, so that a later start finds containers that run.
        var shortName = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_folder)))[..8];
        _execRoot = Path.Combine(options.RuntimeDirectory, "berth-" + shortName);
        _pidFile = Path.Combine(_folder, "dockerd.pid");
        _log = Path.Combine(_folder, "dockerd.log");
        Socket = Path.Combine(_folder, "docker.sock");
    }

    public string Socket { get; }

    /// <param name="answers">Whether an engine answers on <see cref="Socket"/>.</param>
    public async Task StartAsync(Func<CancellationToken, Task<bool>> answers, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new EngineException(EngineError.Unreachable, EngineMessages.NotRoot(Socket));
        var dockerd = Find(Program);
        Find("iptables");

        Directory.CreateDirectory(_folder);
        // Two that start at once share this process: one may have been started by a Berth that was killed a moment ago.
        using var running = FindRunning() ?? await LaunchAsync(dockerd, ct);
        for (var waited = TimeSpan.Zero; !await answers(ct); waited += Step)
        {
            if (running.HasExited)
                throw new EngineException(EngineError.Unreachable, EngineMessages.DaemonFailed(_log, LogTail()));
            if (waited >= _options.StartTimeout)
                throw new EngineException(EngineError.Unreachable, EngineMessages.DaemonSlow(_options.StartTimeout, _log, LogTail()));
            await Task.Delay(Step, _time, ct);
        }
    }

    public async Task StopAsync(CancellationToken ct)
    {
        using var running = FindRunning();
        if (running is null)
            return;
        if (!await ForeignProcess.TerminateAsync(running.Id, _options.StopTimeout, _time, ct))
            throw new EngineException(EngineError.Refused, EngineMessages.DaemonDidNotStop(running.Id, _options.StopTimeout));
    }

    private async Task<Process> LaunchAsync(string dockerd, CancellationToken ct)
    {
        await ForgetContainerdAsync(ct);
        // dockerd refuses to start while the number in its pid file belongs to any process, also after a reboot.
        File.Delete(_pidFile);
        if (File.Exists(_log) && new FileInfo(_log).Length > _options.MaxLogBytes)
            File.Move(_log, _log + ".1", overwrite: true);
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var argument in (IEnumerable<string>)["-c", Detach, "sh", dockerd, .. Arguments()])
            start.ArgumentList.Add(argument);
        start.Environment["LOG"] = _log;
        return Process.Start(start) ?? throw new EngineException(EngineError.Unreachable, EngineMessages.DaemonFailed(_log, ""));
    }

    /// <summary>
    /// A killed dockerd takes its containerd along, but the pid file stays. While the number in it belongs to any process, be it one that is dead but
    /// not reaped yet, the next dockerd waits in vain for that containerd to answer.
    /// </summary>
    private async Task ForgetContainerdAsync(CancellationToken ct)
    {
        var pidFile = Path.Combine(_execRoot, "containerd", "containerd.pid");
        var config = Path.Combine(_execRoot, "containerd", "containerd.toml");
        for (int i = 0; File.Exists(pidFile) && i < ContainerdSteps; i++)
        {
            using var running = FindRunning(pidFile, "containerd", config);
            if (running is null)
                File.Delete(pidFile);
            else
                await Task.Delay(Step, _time, ct);
        }
    }

    /// <summary>The bridge for builds is left to Docker: it takes a subnet that no route of the machine uses.</summary>
    private IEnumerable<string> Arguments() =>
    [
        "--data-root", Path.Combine(_folder, "data"),
        "--exec-root", _execRoot,
        "--pidfile", _pidFile,
        "--host", "unix://" + Socket,
        "--live-restore",
        "--log-level", "warn",
        .. _options.ExtraArguments,
    ];

    private string Find(string program) =>
        _options.ProgramFolders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists)
        ?? throw new EngineException(EngineError.Unreachable, EngineMessages.ProgramMissing(program));

    private Process? FindRunning() => FindRunning(_pidFile, Program, _pidFile);

    /// <summary>The process of a pid file, if it is alive and indeed the one meant: after a reboot the number may be anybody's.</summary>
    private static Process? FindRunning(string pidFile, string program, string argument)
    {
        try
        {
            var pid = int.Parse(File.ReadAllText(pidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
            var command = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return command.Contains(argument) && Path.GetFileName(command[0]) == program ? Process.GetProcessById(pid) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private string LogTail()
    {
        if (!File.Exists(_log))
            return "(empty)";
        using var file = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, BytesShown), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(LinesShown));
    }
}
