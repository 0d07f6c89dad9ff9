using System.Diagnostics;

namespace Berth.Engines.Processes;

/// <summary>Gets what a process printed, as it comes; the bytes are only lent.</summary>
public delegate void OutputHandler(ReadOnlySpan<byte> bytes);

/// <summary>
/// A command that runs in a session and process group of its own, so that a signal reaches all it has started, and so that Ctrl-C on the terminal
/// reaches none of it. Its input is a pipe on which nothing ever comes: several programs end as soon as their input does.
/// </summary>
public sealed class LocalProcess : IDisposable
{
    /// <summary>
    /// The shell's only part is to join stdout and stderr, so that their lines keep their order: then it becomes setsid, and that the command's own shell.
    /// </summary>
    private const string InOwnSession = "exec \"$2\" /bin/sh -c \"$1\" 2>&1";

    /// <summary>By its full path where it usually is: the command's own <c>PATH</c> need not lead to it.</summary>
    private static readonly string Setsid = File.Exists("/usr/bin/setsid") ? "/usr/bin/setsid" : "setsid";

    private const int BufferBytes = 16 * 1024;

    private readonly Process _process;

    private LocalProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Exited = WaitAsync();
    }

    /// <summary>Of the process, and of its group.</summary>
    public int Id { get; }

    /// <summary>The exit code; 128 and the signal's number where a signal ended it. What it started may still run.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="System.ComponentModel.Win32Exception">There is no shell, or the directory is gone.</exception>
    public static LocalProcess Start(ProcessSpec spec)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = spec.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // Nothing comes here, but with all three redirected .NET leaves the terminal's settings alone.
            RedirectStandardError = true,
        };
        foreach (var argument in (IEnumerable<string>)["-c", InOwnSession, "sh", spec.Command, Setsid])
            start.ArgumentList.Add(argument);
        foreach (var variable in spec.Env)
            start.Environment[variable.Key] = variable.Value;
        return new LocalProcess(Process.Start(start)!);
    }

    /// <summary>Hands on what it prints, to be called once. Ends when it and all that it has started have closed their output.</summary>
    public Task DrainAsync(OutputHandler output) =>
        // A thread of its own: reading from a pipe blocks, and there may be more processes than the pool has threads.
        Task.Factory.StartNew(() => ReadAll(_process.StandardOutput.BaseStream, output), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private static void ReadAll(Stream stream, OutputHandler output)
    {
        var buffer = new byte[BufferBytes];
        int count;
        while ((count = stream.Read(buffer)) > 0)
            output(buffer.AsSpan(0, count));
    }
}
