using System.CommandLine;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth login URL [--token T]</c></summary>
internal static class LoginCommand
{
    private sealed record Options(ServerAddress Server, string Token);

    public static Command Build(CommandContext context)
    {
        var url = new Argument<string>("url") { Description = "The server's address, for example https://berth.example.com:7070", HelpName = "URL" };
        var token = new Option<string?>("--token") { Description = "The token; else BERTH_TOKEN, else it is asked for (or read from a pipe)", HelpName = "TOKEN" };
        var command = new Command("login", "Keep a server's address and token for the commands to come") { url, token };
        command.SetAction((parse, ct) => RunAsync(context, new Options(ServerChoice.Parse(parse.GetRequiredValue(url), "URL"), Token(context, parse.GetValue(token))), ct));
        return command;
    }

    private static string Token(CommandContext context, string? given)
    {
        var token = given ?? context.Environment("BERTH_TOKEN");
        if (token is null && context.Terminal.InputIsTerminal)
        {
            context.Error.Write("Token: ");
            token = context.Terminal.ReadSecret();
            context.Error.Write("\n");
        }
        token = (token ?? context.Terminal.ReadLine())?.Trim();
        // A header takes no other characters; a token of Berth's has none.
        return string.IsNullOrEmpty(token) || !token.All(c => c is > ' ' and < '\u007f') ? throw CliException.Usage(CliMessages.NoToken) : token;
    }

    private static async Task<int> RunAsync(CommandContext context, Options options, CancellationToken ct)
    {
        using var client = new BerthClient(options.Server, options.Token);
        var version = await client.GetVersionAsync(ct).ConfigureAwait(false);
        LoginFile.Read(context).With(options.Server, options.Token).Write(context);
        context.Error.Write($"logged in to {options.Server.Text} (berthd {context.ErrorStyle.Foreign(version.Version)})\n");
        return ExitCodes.Done;
    }
}
