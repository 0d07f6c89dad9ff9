using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Berth.Cli.Output;
using Berth.Cli.Terminals;

namespace Berth.Cli.Commands;

/// <summary><c>berth server …</c>: becomes the <c>berthd</c> that lies beside this program, with the same arguments.</summary>
internal static partial class ServerCommand
{
    /// <summary>For help and documentation; a call never comes here, see <see cref="Exec"/>.</summary>
    public static Command Build(CommandContext context) => new("server", "Run the server (berthd) with the arguments that follow");

    /// <summary>Returns only where it failed.</summary>
    public static int Exec(string[] args)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "berthd");
        string problem;
        if (File.Exists(path))
        {
            string?[] arguments = [path, .. args, null];
            _ = Execute(path, arguments);
            problem = CliMessages.CannotStart(path, Marshal.GetLastPInvokeErrorMessage());
        }
        else
        {
            problem = CliMessages.ServerMissing(path);
        }
        new StandardStream(2).Write(Encoding.UTF8.GetBytes($"error: {SafeText.Of(problem)}\n"));
        return ExitCodes.Failed;
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
