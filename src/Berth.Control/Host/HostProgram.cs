using System.ComponentModel;
using System.Diagnostics;

namespace Berth.Control.Host;

/// <summary>One call of a system program, without a shell.</summary>
public static class HostProgram
{
    private const int NoSuchFile = 2;
    private const int ReasonLength = 500;

    /// <summary>Programs of administrators are not in everybody's path.</summary>
    private static readonly string SearchPath = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";

    public static bool IsThere(string program) => Find(program) is not null;

    /// <summary>Null if it ended with 0, else why not.</summary>
    /// <param name="use">What is written to and read from it meanwhile; null: nothing.</param>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static async Task<string?> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan limit, TimeProvider time, CancellationToken ct, Func<Process, CancellationToken, Task>? use = null)
    {
        using var process = Start(program, arguments);
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            if (use is not null)
                await use(process, either.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(either.Token);
            var reason = (await errors).Trim();
            return process.ExitCode == 0 ? null : Reason(program, process.ExitCode, reason);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return HostMessages.TookTooLong(program, limit);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static string? Find(string program) => SearchPath.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var path = Find(program) ?? throw new FileNotFoundException(program);
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e) when (e.NativeErrorCode == NoSuchFile)
        {
            throw new FileNotFoundException(program, e);
        }
    }

    private static string Reason(string program, int exitCode, string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length == 0 ? $"{program} ended with {exitCode}" : line.Length <= ReasonLength ? line : line[..ReasonLength] + "…";
    }
}
