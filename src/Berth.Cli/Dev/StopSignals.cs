using System.Runtime.InteropServices;

namespace Berth.Cli.Dev;

/// <summary>SIGINT, SIGTERM and SIGHUP, none of which ends this program while it has processes to stop: the first asks for that, the second for haste.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource<PosixSignal> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _hurry = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Take),
    ];

    public Task<PosixSignal> First => _first.Task;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <summary>As shells have it: 128 and the signal's number.</summary>
    public static int ExitCodeOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 129,
        PosixSignal.SIGTERM => 143,
        _ => ExitCodes.Interrupted,
    };

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _hurry.Dispose();
    }

    private void Take(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!_first.TrySetResult(signal.Signal))
            _hurry.Cancel();
    }
}
