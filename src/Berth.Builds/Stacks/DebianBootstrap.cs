using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Berth.Model;

namespace Berth.Builds.Stacks;

/// <summary>Runs mmdebstrap and hands on the root file system it makes, as a tar stream, while it is made.</summary>
/// <param name="lockFile">Locked as long as any process of it is left.</param>
internal sealed class DebianBootstrap(StackOptions options, string lockFile)
{
    /// <summary>Also by what is installed upon it later.</summary>
    public static readonly string[] NotInstalled = ["/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*", "/usr/share/doc/*"];

    /// <summary>Null if all went well; else why not. What <paramref name="import"/> throws goes through, unless mmdebstrap failed and that was the reason.</summary>
    /// <param name="workspace">An empty folder for everything that is made meanwhile.</param>
    /// <param name="overlay">A folder whose content is put over the root file system.</param>
    public async Task<Diagnostic?> RunAsync(
        StackRecipe recipe, string workspace, string overlay, Func<Stream, CancellationToken, Task> import, Action<string> output, CancellationToken ct)
    {
        using var process = new Process { StartInfo = StartInfo(recipe, workspace, overlay) };
        process.Start();
        var tail = new OutputTail();
        var pipe = new Pipe();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            var talk = ReadTalkAsync(process.StandardError, tail, output, stop.Token);
            bool ended = false;
            var copying = CopyAsync(process.StandardOutput.BaseStream, pipe.Writer, () => ended = true, stop.Token);
            var failure = await TryImportAsync(pipe.Reader, import, stop.Token);
            // An import that fails before the output has ended failed by itself. One that fails on a broken root file system did not.
            if (!ended)
                failure?.Throw();
            await copying;
            await talk;
            await process.WaitForExitAsync(stop.Token);
            if (process.ExitCode == TiedCommand.NotFound)
                return BuildMessages.BootstrapMissing(recipe.Name, options.Mmdebstrap);
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

    /// <summary>To the end, also when nobody reads it any more: mmdebstrap would fail on a closed pipe.</summary>
    private static async Task CopyAsync(Stream from, PipeWriter to, Action ended, CancellationToken ct)
    {
        while (true)
        {
            int read = await from.ReadAsync(to.GetMemory(64 * 1024), ct);
            if (read == 0)
                break;
            to.Advance(read);
            await to.FlushAsync(ct);
        }
        ended();
        await to.CompleteAsync();
    }

    private static async Task<ExceptionDispatchInfo?> TryImportAsync(PipeReader from, Func<Stream, CancellationToken, Task> import, CancellationToken ct)
    {
        try
        {
            await import(from.AsStream(), ct);
            return null;
        }
        catch (EngineException error)
        {
            return ExceptionDispatchInfo.Capture(error);
        }
        finally
        {
            await from.CompleteAsync();
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

    private ProcessStartInfo StartInfo(StackRecipe recipe, string workspace, string overlay)
    {
        string[] mirror = options.Mirror is null ? [] : [options.Mirror];
        var start = TiedCommand.StartInfo(lockFile,
        [
            options.Mmdebstrap,
            "--variant=essential",
            "--format=tar",
            "--include=" + string.Join(',', recipe.Packages),
            .. NotInstalled.Select(path => "--dpkgopt=path-exclude=" + path),
            "--dpkgopt=path-include=/usr/share/doc/*/copyright",
            // A power cut in the middle of a build leaves nothing that anybody keeps.
            "--dpkgopt=force-unsafe-io",
            $"--customize-hook=sync-in {overlay} /",
            "--customize-hook=chroot \"$1\" update-ca-certificates",
            .. recipe.Commands.Select(command => $"--customize-hook=chroot \"$1\" {command}"),
            StackRecipe.Suite,
            "-",
            .. mirror,
        ]);
        start.Environment["LC_ALL"] = "C";
        // It cleans up after itself, but not when it is killed.
        start.Environment["TMPDIR"] = workspace;
        return start;
    }
}
