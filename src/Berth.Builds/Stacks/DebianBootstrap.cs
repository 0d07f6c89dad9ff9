using System.ComponentModel;
using System.Diagnostics;
using Berth.Model;

namespace Berth.Builds.Stacks;

/// <summary>Runs mmdebstrap and hands on the root file system it makes, as a tar stream, while it is made.</summary>
internal sealed class DebianBootstrap(StackOptions options)
{
    private static readonly string[] NotInstalled = ["/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*", "/usr/share/doc/*"];

    /// <summary>Null if all went well; else why not. What <paramref name="import"/> throws goes through, but only when mmdebstrap itself succeeded.</summary>
    /// <param name="overlay">A folder whose content is put over the root file system.</param>
    public async Task<Diagnostic?> RunAsync(
        StackRecipe recipe, string overlay, Func<Stream, CancellationToken, Task> import, Action<string> output, CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(recipe, overlay) };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return BuildMessages.BootstrapMissing(recipe.Name, options.Mmdebstrap);
        }
        process.StandardInput.Close();
        var tail = new OutputTail();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var talk = ReadTalkAsync(process.StandardError, tail, output, stop.Token);
            var importing = ImportAsync(process, import, stop.Token);
            await talk;
            await process.WaitForExitAsync(stop.Token);
            var failure = await importing;
            if (process.ExitCode != 0)
                return BuildMessages.BootstrapFailed(recipe.Name, process.ExitCode, tail.LastLines);
            failure?.Throw();
            return null;
        }
        finally
        {
            await stop.CancelAsync();
            await KillAsync(process);
        }
    }

    /// <summary>A failed import is kept until it is known whether mmdebstrap failed first, which is then the reason worth telling.</summary>
    private static async Task<System.Runtime.ExceptionServices.ExceptionDispatchInfo?> ImportAsync(
        Process process, Func<Stream, CancellationToken, Task> import, CancellationToken ct)
    {
        try
        {
            await import(process.StandardOutput.BaseStream, ct);
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Nobody reads the rest: without this mmdebstrap would wait for ever on a full pipe.
            process.StandardOutput.Close();
            return System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
        }
    }

    private static async Task ReadTalkAsync(StreamReader talk, OutputTail tail, Action<string> output, CancellationToken ct)
    {
        while (await talk.ReadLineAsync(ct) is { } line)
        {
            tail.Add(line + "\n");
            output(line + "\n");
        }
    }

    private static async Task KillAsync(Process process)
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private ProcessStartInfo StartInfo(StackRecipe recipe, string overlay)
    {
        var start = new ProcessStartInfo(options.Mmdebstrap)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        var arguments = start.ArgumentList;
        arguments.Add("--variant=essential");
        arguments.Add("--format=tar");
        arguments.Add("--include=" + string.Join(',', ["apt", "ca-certificates", .. recipe.Packages]));
        foreach (var path in NotInstalled)
            arguments.Add("--dpkgopt=path-exclude=" + path);
        arguments.Add("--dpkgopt=path-include=/usr/share/doc/*/copyright");
        arguments.Add($"--customize-hook=sync-in {overlay} /");
        arguments.Add("--customize-hook=chroot \"$1\" update-ca-certificates");
        foreach (var hook in recipe.Hooks)
            arguments.Add("--customize-hook=" + hook);
        arguments.Add(options.Suite);
        arguments.Add("-");
        if (options.Mirror is { } mirror)
            arguments.Add(mirror);
        return start;
    }
}
