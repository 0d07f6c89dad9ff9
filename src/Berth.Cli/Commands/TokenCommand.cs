using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth token create/list/revoke</c></summary>
internal static class TokenCommand
{
    public static Command Build(CommandContext context) => new("token", "Tokens: who may use the server")
    {
        BuildCreate(context),
        BuildList(context),
        BuildRevoke(context),
    };

    private static Command BuildCreate(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "What the token is for, for example ci", HelpName = "NAME" };
        var role = new Option<string?>("--role") { Description = "admin (default): everything. deployer: all that concerns the apps named by --app. viewer: looking only, at those apps or at all, without variables' values", HelpName = "ROLE" };
        var apps = new Option<string[]>("--app", "-a") { Description = "An app that the token is for; may be repeated", HelpName = "APP" };
        var format = SharedOptions.Format();
        var command = new Command("create", "Make a token and print it, this once") { name, role, apps, format };
        command.SetAction((parse, ct) => CreateAsync(
            context, new TokenRequest(parse.GetRequiredValue(name)) { Role = parse.GetValue(role), Apps = parse.GetValue(apps) is { Length: > 0 } named ? named : null }, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildList(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("list", "List tokens, without their secrets") { format };
        command.SetAction((parse, ct) => ListAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildRevoke(CommandContext context)
    {
        var id = new Argument<string>("id") { Description = "The token, as \"berth token list\" shows it", HelpName = "ID" };
        var yes = SharedOptions.Yes();
        var command = new Command("revoke", "Make a token worthless, for good") { id, yes };
        command.SetAction((parse, ct) => RevokeAsync(context, parse.GetRequiredValue(id), parse.GetValue(yes), ct));
        return command;
    }

    private static async Task<int> CreateAsync(CommandContext context, TokenRequest request, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var token = await client.CreateTokenAsync(request, ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, token, ContractsJson.Default.TokenCreated);
            return ExitCodes.Done;
        }
        context.Error.Write($"{token.Id}, shown this once:\n");
        context.Out.Write(context.OutStyle.Foreign(token.Secret) + "\n");
        return ExitCodes.Done;
    }

    private static async Task<int> ListAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var tokens = await client.ListTokensAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, tokens, ContractsJson.Default.IReadOnlyListTokenInfo);
            return ExitCodes.Done;
        }
        var table = new Table("ID", "NAME", "ROLE", "APPS", "CREATED", "USED");
        var now = context.Time.GetUtcNow();
        foreach (var token in tokens)
            table.Add(token.Id, token.Name, token.Role, token.Apps is { } apps ? string.Join(", ", apps) : "all", RelativeTime.Ago(token.CreatedAt, now), RelativeTime.Ago(token.LastUsedAt, now));
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static async Task<int> RevokeAsync(CommandContext context, string id, bool yes, CancellationToken ct)
    {
        using var client = context.Connect();
        context.Confirm($"revoke token {id}", yes);
        await client.RevokeTokenAsync(id, ct).ConfigureAwait(false);
        context.Error.Write($"{id} revoked\n");
        return ExitCodes.Done;
    }
}
