using System.CommandLine;
using Berth.Model;

namespace Berth.Cli.Settings;

/// <summary>Which app a command is about: the one named on the command line, else <c>BERTH_APP</c>, else the name in the folder's own files, else the folder's name.</summary>
internal static class AppChoice
{
    /// <summary>The option by which commands take a service.</summary>
    public const string ServiceOption = "--service";

    public static string Of(CommandContext context, ParseResult parse, Option<string?> option, Argument<string?>? argument = null) =>
        Of(context, parse.GetValue(option), argument is null ? null : parse.GetValue(argument), takesService: parse.CommandResult.Command.Options.Any(o => o.Name == ServiceOption));

    /// <param name="named">By <c>--app</c>.</param>
    /// <param name="positional">As an argument.</param>
    /// <param name="folder">Whose files and name count; null: the working directory.</param>
    /// <param name="takesService">Whoever names two apps may mean a service by the second.</param>
    public static string Of(CommandContext context, string? named, string? positional, string? folder = null, bool takesService = false)
    {
        if (named is not null && positional is not null && named != positional)
            throw CliException.Usage(CliMessages.TwoApps(named, positional, takesService ? ServiceOption : null));
        var app = named ?? positional ?? context.Environment("BERTH_APP");
        if (app is null)
        {
            app = AppFiles.NameOf(Path.GetFullPath(folder ?? ".", context.Folder));
        }
        return Names.AppProblem(app) is { } problem ? throw CliException.Usage(problem) : app;
    }

    /// <summary>What was named, be it by <c>BERTH_APP</c>; null: nothing was.</summary>
    public static string? Named(CommandContext context, ParseResult parse, Option<string?> option) =>
        Named(parse, option) ?? (context.Environment("BERTH_APP") is { Length: > 0 } app ? Of(context, app, positional: null) : null);

    /// <summary>Only what was named; null: all apps.</summary>
    public static string? Named(ParseResult parse, Option<string?> option)
    {
        var app = parse.GetValue(option);
        return app is not null && Names.AppProblem(app) is { } problem ? throw CliException.Usage(problem) : app;
    }
}
