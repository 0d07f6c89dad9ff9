namespace Berth.Contracts;

/// <summary>A request that changed something, or wanted to.</summary>
public sealed record AuditInfo
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Name of the token that was shown, and its id; it may be revoked since.</summary>
    public required string Token { get; init; }

    public required string TokenId { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>Null: none, or all.</summary>
    public string? App { get; init; }

    /// <summary>In words.</summary>
    public required string Operation { get; init; }

    /// <summary>A command, names of variables, a count: what the address does not say.</summary>
    public string? Detail { get; init; }

    /// <summary>The client's address.</summary>
    public string? From { get; init; }

    /// <summary>Of the answer; null: there was none yet.</summary>
    public int? Status { get; init; }

    /// <summary><c>done</c>, <c>refused</c>, <c>failed</c>, or <c>under way</c>: it goes on, or the server was killed meanwhile.</summary>
    public required string Outcome { get; init; }
}
