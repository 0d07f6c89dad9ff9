namespace Berth.Server.Dashboard;

/// <summary>Limits and periods of the dashboard.</summary>
public sealed record DashboardOptions
{
    /// <summary>A person signs in again after this long. Default 12 hours.</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How often an open page asks for what changed, as htmx writes it. Default every 2 seconds.</summary>
    public string RefreshPeriod { get; init; } = "2s";

    /// <summary>Log lines that a page shows; older ones leave it as new ones come. Default 500.</summary>
    public int LogLines { get; init; } = 500;

    /// <summary>Characters of a deployment's output that its page shows; the oldest go first. Default 256 Ki.</summary>
    public int OutputCharacters { get; init; } = 256 * 1024;

    /// <summary>Deployments, and releases, that an app's page lists. Default 10.</summary>
    public int HistoryRows { get; init; } = 10;

    /// <summary>Bytes of a form that is posted; more is refused. Default 16 KiB.</summary>
    public int FormBytes { get; init; } = 16 * 1024;
}
