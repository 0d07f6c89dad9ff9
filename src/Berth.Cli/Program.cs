using System.Runtime.InteropServices;
using System.Text;
using Berth.Cli;
using Berth.Cli.Commands;
using Berth.Cli.Terminals;

// The two that need neither parser nor server come first: they are what scripts and shells ask most.
if (args is ["--version"])
{
    new StandardStream(1).Write(Encoding.UTF8.GetBytes(VersionCommand.ClientLine + "\n"));
    return ExitCodes.Done;
}
if (args is ["server", ..])
    return ServerCommand.Exec(args[1..]);

var terminal = new ProcessTerminal();
var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
// Waited for here: an asynchronous main program is more to compile at each start (docs/adr/0061).
return CommandLine.RunAsync(args, new CommandContext
{
    Out = new StreamWriter(terminal.Output, utf8) { AutoFlush = true },
    Error = new StreamWriter(terminal.Error, utf8) { AutoFlush = true },
    Terminal = terminal,
    Environment = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
    Folder = Environment.CurrentDirectory,
    Time = TimeProvider.System,
}, stop.Token).GetAwaiter().GetResult();

void Stop(PosixSignalContext signal)
{
    // The first asks the command to end in order, the second ends it at once, unless the command itself listens (berth dev).
    if (!stop.IsCancellationRequested)
        signal.Cancel = true;
    stop.Cancel();
}
