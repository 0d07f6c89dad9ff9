using System.ComponentModel;
using System.CommandLine;
using System.Diagnostics;
using Berth.Cli.Settings;

namespace Berth.Cli.Commands;

/// <summary><c>berth open [APP]</c>: prints the app's address, and opens it where there is a desktop.</summary>
internal static class OpenCommand
{
    public static Command Build(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var command = new Command("open", "Print an app's address, and open it in the browser where there is a desktop") { name, app };
        command.SetAction((parse, ct) => RunAsync(context, AppChoice.Of(context, parse, app, name), ct));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string name, CancellationToken ct)
    {
        using var client = context.Connect();
        var app = await client.GetAppAsync(name, ct).ConfigureAwait(false);
        if (app.Urls is not [var url, ..])
            throw new CliException(ExitCodes.Failed, CliMessages.NoUrl);
        context.Out.Write(context.OutStyle.Foreign(url) + "\n");
        var desktop = context.Environment("DISPLAY") ?? context.Environment("WAYLAND_DISPLAY");
        // The address comes from the server: nothing but a web address is handed to the desktop.
        if (desktop is not null && context.Terminal.OutputIsTerminal && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"))
            Open(uri);
        return ExitCodes.Done;
    }

    private static void Open(Uri url)
    {
        try
        {
            using var _ = Process.Start(new ProcessStartInfo("xdg-open") { ArgumentList = { url.AbsoluteUri }, RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            // No opener installed: the address stands on the terminal.
        }
    }
}
