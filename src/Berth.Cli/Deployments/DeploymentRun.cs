using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Deployments;

/// <summary>Shows a deployment from beginning to end: phases on stderr, the outcome on stdout, the exit code. Ctrl-C leaves it to the server.</summary>
internal sealed class DeploymentRun
{
    private readonly CommandContext _context;
    private readonly BerthClient _client;
    private readonly string _app;

    public DeploymentRun(CommandContext context, BerthClient client, string app)
    {
        _context = context;
        _client = client;
        _app = app;
        Display = context.ErrorStyle.IsTerminal && context.Environment("TERM") != "dumb"
            ? new LiveDisplay(context.Error, context.ErrorStyle, context.Time, () => context.Terminal.Size?.Columns ?? 80)
            : new PlainDisplay(context.Error, context.ErrorStyle, context.Time);
    }

    public IDeploymentDisplay Display { get; }

    /// <summary>What became of it, in a word for the last line; default "deployed".</summary>
    public string Done { get; init; } = "deployed";

    /// <summary>What is said where the server had nothing to deploy; null: that is a failure.</summary>
    public string? NothingToDeploy { get; init; }

    /// <summary>The result as JSON in place of a sentence.</summary>
    public bool Json { get; init; }

    public async Task<int> ShowAsync(IAsyncEnumerable<DeploymentEvent> events, CancellationToken ct)
    {
        using var _ = Display;
        var follower = new DeploymentFollower(_client, Display, _context.Time);
        DeploymentInfo? result;
        try
        {
            result = await follower.FollowAsync(events, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Display.Dispose();
            Say(follower.Deployment is { } id ? CliMessages.Detached(id, _app) : CliMessages.DetachedBeforeStart);
            return ExitCodes.Interrupted;
        }
        catch (Exception)
        {
            Display.End(succeeded: false);
            throw;
        }
        Display.End(result is null or { Outcome: "succeeded" or "unchanged" });
        if (result is null)
            return Nothing(follower.Deployment is not null);
        if (Json)
            JsonOutput.Write(_context.Out, result, ContractsJson.Default.DeploymentInfo);
        return result.Outcome switch
        {
            "succeeded" => Succeeded(result),
            "unchanged" => Unchanged(result),
            _ => Failed(result, follower.Shown),
        };
    }

    private int Nothing(bool started)
    {
        if (started || NothingToDeploy is null)
            throw new CliException(ExitCodes.Failed, CliMessages.NoResult(_app));
        Say(NothingToDeploy);
        return ExitCodes.Done;
    }

    private int Succeeded(DeploymentInfo result)
    {
        Result($"{result.App} {result.Release} {Done}{Addresses(result)}");
        return ExitCodes.Done;
    }

    private int Unchanged(DeploymentInfo result)
    {
        Result($"{(result.Release is { } release ? $"{result.App} {release}" : result.App)} unchanged: nothing differs from what runs{Addresses(result)}");
        return ExitCodes.Done;
    }

    private int Failed(DeploymentInfo result, HashSet<string> shown)
    {
        if (result.LastLines.Count > 0)
        {
            Say(result.Phase == "build" ? "the build's last lines:" : "the last lines of the sandbox that failed:");
            foreach (var line in result.LastLines)
                Say("    " + _context.ErrorStyle.Foreign(line));
        }
        var what = result.Outcome == "cancelled" ? $"cancelled in phase {result.Phase}" : $"failed in phase {result.Phase}";
        var why = result.Error is { } error && !shown.Contains(error) ? ": " + error : "";
        Say($"{_context.ErrorStyle.Red("error:")} {SafeText.Of($"{result.App}: {what}{why}")}");
        return ExitCodes.Failed;
    }

    private static string Addresses(DeploymentInfo result) => result.Urls.Count == 0 ? "" : ": " + string.Join(" ", result.Urls);

    private void Result(string text)
    {
        if (!Json)
            _context.Out.Write(_context.OutStyle.Foreign(text) + "\n");
    }

    private void Say(string text) => _context.Error.Write(text + "\n");
}
