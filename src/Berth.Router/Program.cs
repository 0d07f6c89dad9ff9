using System.Runtime.InteropServices;

namespace Berth.Router;

/// <summary><c>berth-router</c>. Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments, 3 another router is there already.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        // What follows an arrival of bytes is run by the thread that saw it: nothing on the way of a request blocks, and a hand-over costs more than the work.
        // The runtime reads it when the first socket is made.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        if (!RouterArguments.TryParse(args, out var options, out var problem))
        {
            await Console.Error.WriteLineAsync($"berth-router: {problem}\n{RouterMessages.Usage}");
            return 2;
        }

        var stop = new TaskCompletionSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        // The terminal of whoever started it may close; the router stays.
        using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static signal => signal.Cancel = true);
        try
        {
            await using var router = await RouterHost.StartAsync(options, TimeProvider.System, CancellationToken.None);
            await Task.WhenAny(stop.Task, router.Replaced);
            await router.StopAsync();
            return 0;
        }
        catch (Exception e) when (e is RouterStartException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"berth-router: {e.Message}");
            return e is RouterStartException { Error: RouterStartError.AlreadyRunning } ? 3 : 1;
        }
    }
}
