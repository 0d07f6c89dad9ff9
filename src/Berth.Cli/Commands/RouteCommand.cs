using System.CommandLine;
using System.Globalization;
using Berth.Cli.Output;
using Berth.Cli.Settings;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth route add/remove/list/set-default</c>, and the rules of routes beneath it.</summary>
internal static class RouteCommand
{
    public static Command Build(CommandContext context) => new("route", "Routes: host names and paths that lead to apps")
    {
        BuildList(context),
        BuildAdd(context),
        BuildRemove(context),
        BuildSetDefault(context),
        RouteProtectCommand.Build(context),
        RouteProtectCommand.BuildUndo(context),
        RouteAllowCommand.Build(context),
        RouteTimeoutCommand.Build(context),
        RouteSplitCommand.Build(context),
        RouteHttpsCommand.Build(context),
    };

    private static Command BuildList(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("list", "List all routes") { format };
        command.SetAction((parse, ct) => ListAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildAdd(CommandContext context)
    {
        var host = Host();
        var app = SharedOptions.App();
        var command = new Command("add", "Send a host's requests, or those for a path of it, to an app") { host, app };
        command.Aliases.Add("set");
        command.SetAction((parse, ct) => AddAsync(context, new RouteRequest(parse.GetRequiredValue(host), AppChoice.Of(context, parse, app)), ct));
        return command;
    }

    private static Command BuildRemove(CommandContext context)
    {
        var host = Host();
        var command = new Command("remove", "Take a route away") { host };
        command.SetAction((parse, ct) => RemoveAsync(context, parse.GetRequiredValue(host), ct));
        return command;
    }

    private static Command BuildSetDefault(CommandContext context)
    {
        var name = SharedOptions.AppArgument();
        var app = SharedOptions.App();
        var none = new Option<bool>("--none") { Description = "No app: unknown hosts are answered with 404" };
        var command = new Command("set-default", "Send requests for unknown hosts to an app") { name, app, none };
        command.SetAction((parse, ct) => SetDefaultAsync(context, parse.GetValue(none) ? null : AppChoice.Of(context, parse, app, name), ct));
        return command;
    }

    /// <summary>What the commands beneath this one are about.</summary>
    public static Argument<string> Host() => new("host") { Description = "The host name, for example demo.example.com, perhaps with a path: demo.example.com/api", HelpName = "HOST[/PATH]" };

    /// <summary>Changes a route's rules and says what became of it.</summary>
    public static async Task<int> ChangeAsync(CommandContext context, string host, RouteChangeRequest change, string done, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.ChangeRouteAsync(host, change, ct).ConfigureAwait(false);
        context.Error.Write($"{host}: {done}\n");
        return ExitCodes.Done;
    }

    private static async Task<int> ListAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var routes = await client.ListRoutesAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, routes, ContractsJson.Default.IReadOnlyListRouteInfo);
            return ExitCodes.Done;
        }
        var table = new Table("HOST", "APP", "DEFAULT", "RULES");
        foreach (var route in routes)
            table.Add(route.Address, route.App, route.Default ? "default" : null, Rules(route));
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    /// <summary>Null: none.</summary>
    private static string? Rules(RouteInfo route)
    {
        string?[] rules =
        [
            route.User is { } user ? $"password of {user}" : null,
            route.Allow is { } allow ? $"only from {string.Join(' ', allow)}" : null,
            route.TimeoutSeconds is { } timeout ? $"{timeout.ToString(CultureInfo.InvariantCulture)} s" : null,
            route.HttpsOnly ? "TLS only" : null,
            route.Share is { } share ? $"{share.Release}={share.Percent}%" : null,
        ];
        return string.Join(", ", rules.OfType<string>()) is { Length: > 0 } text ? text : null;
    }

    private static async Task<int> AddAsync(CommandContext context, RouteRequest route, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.AddRouteAsync(route, ct).ConfigureAwait(false);
        context.Error.Write($"{route.Host} leads to {route.App}\n");
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(CommandContext context, string host, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.RemoveRouteAsync(host, ct).ConfigureAwait(false);
        context.Error.Write($"{host} removed\n");
        return ExitCodes.Done;
    }

    private static async Task<int> SetDefaultAsync(CommandContext context, string? app, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.SetDefaultRouteAsync(new DefaultRouteRequest(app), ct).ConfigureAwait(false);
        context.Error.Write(app is null ? "unknown hosts lead nowhere\n" : $"unknown hosts lead to {app}\n");
        return ExitCodes.Done;
    }
}
