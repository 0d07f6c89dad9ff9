namespace Berth.Control.Logs;

/// <summary>Which lines are wanted.</summary>
public sealed record LogQuery
{
    /// <summary>All of them.</summary>
    internal static readonly LogQuery All = new();

    /// <summary>A service, with its sidecars; or one of those, <c>web/proxy</c>.</summary>
    public string? Service { get; init; }

    public string? Sandbox { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>At most so many of the last that match; null: all.</summary>
    public int? Lines { get; init; }

    public LogFilter Filter { get; init; } = LogFilter.All;

    /// <summary>Go on with what comes.</summary>
    public bool Follow { get; init; }

    internal bool Matches(DateTimeOffset time, ReadOnlySpan<char> service, ReadOnlySpan<char> sandbox, ReadOnlySpan<char> text) =>
        (Service is null || (service.StartsWith(Service, StringComparison.Ordinal) && (service.Length == Service.Length || service[Service.Length] == '/')))
        && (Sandbox is null || sandbox.SequenceEqual(Sandbox))
        && (Since is null || time >= Since)
        && Filter.Matches(text);
}
