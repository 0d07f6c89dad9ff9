using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Berth.Model;

namespace Berth.Server.Hosting;

/// <summary>The command line of <c>berthd</c>.</summary>
internal static class ServerCommand
{
    /// <summary>Docker itself takes no less than a few MB; with less than this no package manager starts.</summary>
    private const long LeastBuildMemory = 64 * ByteSize.MiB;

    private static readonly ServerOptions Defaults = new();

    private static readonly Option<string> State = new("--state") { Description = "folder that holds everything Berth keeps", DefaultValueFactory = _ => Defaults.StateFolder, Recursive = true };
    private static readonly Option<IPEndPoint> Http = EndPoint("--http", "address and port for the apps' visitors", Defaults.Http);
    private static readonly Option<IPEndPoint?> Https = new("--https")
    {
        Description = "address and port for the apps' visitors with TLS, by the certificates of `berth cert` (default: none)",
        HelpName = "ADDRESS:PORT",
        CustomParser = result => ParseEndPoint("--https", result),
    };
    private static readonly Option<Uri?> AcmeDirectory = new("--acme-directory")
    {
        Description = "authority that gives certificates by ACME (default: Let's Encrypt's)",
        HelpName = "URL",
        CustomParser = result => ParseDirectory(result),
    };
    private static readonly Option<IPEndPoint> Api = EndPoint("--api", "address and port for API and dashboard", Defaults.Api);
    private static readonly Option<string> Domain = new("--domain") { Description = "apps answer at APP.DOMAIN", DefaultValueFactory = _ => Defaults.Domain };
    private static readonly Option<string> Engine = new("--engine") { Description = "where sandboxes run: docker", DefaultValueFactory = _ => "docker" };
    private static readonly Option<string?> DockerSocket = new("--docker-socket") { Description = "use this Docker socket and no other", Recursive = true };

    private static readonly Option<bool> ReclaimStandby = new("--reclaim-standby") { Description = "take back what memory can be had of sandboxes in standby: cached files, and with swap the rest" };

    private static readonly Option<string[]> GitBranches = new("--git-branch") { Description = "branch that `git push` deploys; may be repeated", HelpName = "NAME", DefaultValueFactory = _ => [.. Defaults.GitBranches] };
    private static readonly Option<long> BuildMemory = new("--build-memory")
    {
        Description = $"memory of each step of a build (default {ByteSize.Format(Defaults.Builds.MemoryBytes)})",
        HelpName = "SIZE",
        CustomParser = result => ParseBuildMemory(result),
    };
    private static readonly Option<TimeSpan> BuildTimeout = new("--build-timeout")
    {
        Description = $"longest time for a build (default {Defaults.Builds.Timeout.TotalMinutes:0}m)",
        HelpName = "DURATION",
        CustomParser = result => ParseBuildTimeout(result),
    };

    public static RootCommand Build()
    {
        Engine.AcceptOnlyFromAmong("docker");
        var down = new Command("down", "stop berthd, its router and the sandboxes, and the engine if Berth started it; apps and their data stay");
        down.SetAction((parsed, ct) => ReportingAsync(() => Shutdown.RunAsync(Options(parsed), ct)));

        var root = new RootCommand("berthd: the server of Berth. It keeps apps running, routes HTTP to them and answers the API.") { State, Http, Https, AcmeDirectory, Api, Domain, Engine, DockerSocket, ReclaimStandby, GitBranches, BuildMemory, BuildTimeout, down };
        foreach (var flag in RouterFlags.All)
            root.Add(flag);
        root.SetAction((parsed, ct) => ReportingAsync(() => BerthServer.RunAsync(Options(parsed), ct)));
        return root;
    }

    private static ServerOptions Options(ParseResult parsed) => new()
    {
        StateFolder = Path.GetFullPath(parsed.GetValue(State)!),
        Http = parsed.GetValue(Http) ?? Defaults.Http,
        Https = parsed.GetValue(Https),
        AcmeDirectory = parsed.GetValue(AcmeDirectory),
        Router = RouterFlags.Of(parsed),
        Api = parsed.GetValue(Api) ?? Defaults.Api,
        Domain = (parsed.GetValue(Domain) ?? Defaults.Domain).ToLowerInvariant(),
        DockerSocket = parsed.GetValue(DockerSocket),
        ReclaimStandby = parsed.GetValue(ReclaimStandby),
        GitBranches = parsed.GetValue(GitBranches) is { Length: > 0 } branches ? branches : Defaults.GitBranches,
        Builds = Defaults.Builds with
        {
            MemoryBytes = parsed.GetResult(BuildMemory) is null ? Defaults.Builds.MemoryBytes : parsed.GetValue(BuildMemory),
            Timeout = parsed.GetResult(BuildTimeout) is null ? Defaults.Builds.Timeout : parsed.GetValue(BuildTimeout),
        },
    };

    /// <summary>What an administrator can mend is said in one line; the rest is a bug and keeps its trace.</summary>
    private static async Task<int> ReportingAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (e is EngineException or Control.Routing.RouterStartException or Control.Disks.DiskException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"berthd: {e.Message}");
            return 1;
        }
    }

    private static Option<IPEndPoint> EndPoint(string name, string description, IPEndPoint standard) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = _ => standard,
        CustomParser = result => ParseEndPoint(name, result),
    };

    private static IPEndPoint? ParseEndPoint(string name, ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (IPEndPoint.TryParse(text, out var parsed) && parsed.Port > 0)
            return parsed;
        result.AddError($"{name} {text}: write an IP address and a port, for example 127.0.0.1:8080 or 0.0.0.0:80");
        return null;
    }

    private static Uri? ParseDirectory(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("https" or "http"))
            return url;
        result.AddError($"--acme-directory {text}: write a URL, for example https://acme-v02.api.letsencrypt.org/directory");
        return null;
    }

    private static long ParseBuildMemory(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (ByteSize.TryParse(text, out var bytes) && bytes >= LeastBuildMemory)
            return bytes;
        result.AddError($"--build-memory {text}: write a size of {ByteSize.Format(LeastBuildMemory)} or more, for example 4G");
        return 0;
    }

    private static TimeSpan ParseBuildTimeout(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (GoDuration.TryParse(text, out var limit) && limit > TimeSpan.Zero)
            return limit;
        result.AddError($"--build-timeout {text}: write a duration, for example 45m or 1h30m");
        return default;
    }
}
