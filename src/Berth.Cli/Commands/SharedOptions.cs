using System.CommandLine;
using Berth.Cli.Settings;
using System.Globalization;

namespace Berth.Cli.Commands;

/// <summary>Options that several commands have, so that they read alike everywhere.</summary>
internal static class SharedOptions
{
    public static Option<string?> App(string description = "The app; else BERTH_APP, else the name in the folder's app.toml or manifest, else the folder's name") =>
        new("--app", "-a") { Description = description, HelpName = "APP" };

    public static Argument<string?> AppArgument() => new("app") { Description = "The app, in place of --app", Arity = ArgumentArity.ZeroOrOne, HelpName = "APP" };

    /// <summary>Berth's word is service, Cloud Foundry's is process: both are taken everywhere.</summary>
    public static Option<string?> Service(string description) => new(AppChoice.ServiceOption, "--process") { Description = description, HelpName = "SERVICE" };

    public static Option<string?> Format() => new("--format") { Description = "table (default) or json", HelpName = "FORMAT" };

    public static Option<string?> Watch() => new("--watch")
    {
        Description = "Watch the errors of the new release for this long, for example 60s, before the one before it is stopped; go back if it does worse",
        HelpName = "DURATION",
    };

    /// <summary>In the API's form; null: nothing is to be watched.</summary>
    public static string? WatchOf(ParseResult parse, Option<string?> watch) =>
        parse.GetValue(watch) is { } text ? string.Create(CultureInfo.InvariantCulture, $"{Values.Duration("--watch", text).TotalSeconds}s") : null;

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask; needed where there is no terminal" };

    public static bool IsJson(ParseResult parse, Option<string?> format) => parse.GetValue(format) switch
    {
        null or "table" => false,
        "json" => true,
        var other => throw CliException.Usage(CliMessages.BadFormat(other)),
    };
}
