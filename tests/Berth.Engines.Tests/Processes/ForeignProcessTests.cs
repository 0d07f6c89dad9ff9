using System.Diagnostics;
using System.Globalization;
using Berth.Engines.Processes;

namespace Berth.Engines.Tests.Processes;

public sealed class ForeignProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_process_has_ended_even_if_its_parent_never_fetches_it()
    {
        var ct = TestContext.Current.CancellationToken;
        using var parent = Start("sleep 1000 & echo $!; exec sleep 1001");
        try
        {
            var child = await ReadIdAsync(parent, ct);

            Assert.True(await ForeignProcess.TerminateAsync(child, Long, TimeProvider.System, ct));
            Assert.True(Directory.Exists($"/proc/{child}"), "the parent fetched it after all: the test shows nothing");
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public async Task A_process_that_ignores_SIGTERM_is_killed()
    {
        var ct = TestContext.Current.CancellationToken;
        using var deaf = Start("trap '' TERM; echo $$; read x");
        var id = await ReadIdAsync(deaf, ct);

        Assert.False(await ForeignProcess.TerminateAsync(id, TimeSpan.Zero, TimeProvider.System, ct));
        Assert.True(await ForeignProcess.KillAsync(id, Long, TimeProvider.System, ct));
    }

    [Fact]
    public async Task A_process_that_is_gone_has_ended()
    {
        var ct = TestContext.Current.CancellationToken;
        using var gone = Start("echo $$");
        var id = await ReadIdAsync(gone, ct);
        await gone.WaitForExitAsync(ct);

        Assert.True(await ForeignProcess.TerminateAsync(id, TimeSpan.Zero, TimeProvider.System, ct));
    }

    private static Process Start(string script) => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static async Task<int> ReadIdAsync(Process process, CancellationToken ct) =>
        int.Parse((await process.StandardOutput.ReadLineAsync(ct))!, CultureInfo.InvariantCulture);
}
