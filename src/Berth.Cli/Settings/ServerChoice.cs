using Berth.Contracts;

namespace Berth.Cli.Settings;

/// <summary>Which server is spoken to, and with which token.</summary>
internal sealed record ServerChoice(ServerAddress Server, string? Token)
{
    private const string DefaultUrl = "http://127.0.0.1:7070";
    private const string DefaultState = "/var/lib/berth";

    public static ServerChoice Of(CommandContext context)
    {
        var given = context.Environment("BERTH_URL");
        var token = context.Environment("BERTH_TOKEN");
        // The login file is not opened where the environment says everything.
        var login = given is null || token is null ? LoginFile.Read(context) : new LoginFile();
        var server = Parse(given ?? login.Current ?? DefaultUrl, given is null ? "the login file" : "BERTH_URL");
        return new ServerChoice(server, token ?? login.TokenOf(server) ?? LocalAdminToken(context, server));
    }

    /// <summary>The token for a server that is only known by its scheme, host and port, as git asks for it; null where none is known.</summary>
    public static string? TokenFor(CommandContext context, Uri server)
    {
        var chosen = Of(context);
        if (IsSame(chosen.Server.Url, server))
            return chosen.Token;
        var login = LoginFile.Read(context).Tokens.FirstOrDefault(t => Uri.TryCreate(t.Key, UriKind.Absolute, out var url) && IsSame(url, server)).Value;
        return login ?? LocalAdminToken(context, new ServerAddress(server));
    }

    /// <param name="text">As a person wrote it.</param>
    /// <param name="origin">Where it was written, for the message.</param>
    public static ServerAddress Parse(string text, string origin)
    {
        var server = ServerAddress.Parse(text) ?? throw CliException.Usage(CliMessages.BadUrl(text, origin));
        return server.HasMore ? throw CliException.Usage(CliMessages.UrlWithMore(origin)) : server;
    }

    /// <summary>Of the server on this machine.</summary>
    public static string StateFolder(CommandContext context) => context.Environment("BERTH_STATE") ?? DefaultState;

    private static bool IsSame(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>The token that the server on this machine keeps for its administrator. It is sent nowhere else.</summary>
    private static string? LocalAdminToken(CommandContext context, ServerAddress server)
    {
        if (!server.IsLoopback)
            return null;
        try
        {
            var text = File.ReadAllText(Path.Combine(StateFolder(context), "admin-token")).Trim();
            return text.Length == 0 ? null : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there or not ours to read: the server will say that a token is needed, and how to get one.
            return null;
        }
    }
}
