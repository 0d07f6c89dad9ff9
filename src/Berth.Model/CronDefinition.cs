namespace Berth.Model;

/// <summary>A command of the app that runs at times (SPEC section 7).</summary>
public sealed record CronDefinition
{
    public required string Name { get; init; }

    /// <summary>The five fields, as <see cref="CronSchedule"/> reads them.</summary>
    public required string Schedule { get; init; }

    /// <summary>By which the fields are meant: an IANA name, <c>Europe/Berlin</c>. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    public required string Command { get; init; }

    /// <summary>Whose image, variables and limits it has; null: those of the app's own image, as a release command.</summary>
    public string? Service { get; init; }

    /// <summary>Whether it may begin while it still runs from before. Default no.</summary>
    public bool Overlap { get; init; }

    /// <summary>How long it may run until it is stopped. Default 1 hour.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where it is defined: <c>.berth/app.toml:12</c>.</summary>
    public required string Source { get; init; }
}
