using System.Text.Json.Serialization;

namespace Berth.Contracts;

/// <summary>A receiver of an app's log lines.</summary>
public sealed record DrainInfo
{
    public required string Id { get; init; }

    public required string App { get; init; }

    /// <summary>Without its password and its query.</summary>
    public required string Url { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary><c>waiting</c> for lines, <c>sending</c>, or <c>failing</c>: it is tried again, later and later.</summary>
    public required string State { get; init; }

    /// <summary>Lines since <c>berthd</c> started.</summary>
    public required long Sent { get; init; }

    /// <summary>Lines that were left out because the receiver did not take them; the stream says so where they are missing.</summary>
    public required long Dropped { get; init; }

    /// <summary>Stored and not sent yet, at most 5 seconds ago.</summary>
    public required long WaitingBytes { get; init; }

    /// <summary>The last failure, also if it was overcome since; null: there was none since <c>berthd</c> started.</summary>
    public string? LastError { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }
}

/// <param name="Url"><c>syslog://HOST:PORT</c>, <c>syslog+tls://HOST:PORT</c>, <c>http://…</c> or <c>https://…</c>.</param>
public sealed record DrainRequest([property: JsonRequired] string Url);
