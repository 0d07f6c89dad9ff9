using System.CommandLine;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth route protect HOST --user U</c> and its undoing</summary>
internal static class RouteProtectCommand
{
    public static Command Build(CommandContext context)
    {
        var host = RouteCommand.Host();
        var user = new Option<string>("--user") { Description = "The name that is let in", HelpName = "NAME", Required = true };
        var command = new Command("protect", "Ask visitors for a name and a password, which is asked for here or read from a pipe") { host, user };
        command.SetAction((parse, ct) =>
        {
            var name = parse.GetRequiredValue(user);
            var change = new RouteChangeRequest { Login = new RouteLoginRequest(name, Password(context)) };
            return RouteCommand.ChangeAsync(context, parse.GetRequiredValue(host), change, $"asks for the password of {name}", ct);
        });
        return command;
    }

    public static Command BuildUndo(CommandContext context)
    {
        var host = RouteCommand.Host();
        var command = new Command("unprotect", "Ask visitors for no password any more") { host };
        command.SetAction((parse, ct) =>
            RouteCommand.ChangeAsync(context, parse.GetRequiredValue(host), new RouteChangeRequest { Login = new RouteLoginRequest("", null) }, "asks for no password", ct));
        return command;
    }

    private static string Password(CommandContext context)
    {
        if (!context.Terminal.InputIsTerminal)
            return Checked(context.Terminal.ReadLine());
        context.Error.Write("Password: ");
        var password = context.Terminal.ReadSecret();
        context.Error.Write("\n");
        return Checked(password);
    }

    private static string Checked(string? password) => string.IsNullOrEmpty(password) ? throw CliException.Usage(CliMessages.NoPassword) : password;
}
