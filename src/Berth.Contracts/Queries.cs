namespace Berth.Contracts;

/// <summary>The query of <c>POST /v1/apps/{app}/deployments</c>.</summary>
public sealed record DeployQuery
{
    /// <summary>Deploy this image instead of building one; null: build the source.</summary>
    public string? Image { get; init; }

    /// <summary>Deploy although nothing differs from the active release.</summary>
    public bool Force { get; init; }

    /// <summary>Short git commit of the source; null where it is in no repository.</summary>
    public string? Commit { get; init; }

    /// <summary>Make the app where there is none of that name.</summary>
    public bool Create { get; init; }

    /// <summary>Ask for a route chosen by chance, where the app has no added route yet.</summary>
    public bool RandomRoute { get; init; }

    /// <summary>Watch the new release's errors for this long, <c>60s</c>, before it becomes the active one, and go back if it does worse; null: do not.</summary>
    public string? Watch { get; init; }
}

/// <summary>The query of <c>GET /v1/apps/{app}/logs</c>. Null leaves a condition out.</summary>
public sealed record LogQuery
{
    public bool Follow { get; init; }

    public string? Service { get; init; }

    public string? Sandbox { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>The last so many of what the other conditions leave.</summary>
    public int? Lines { get; init; }

    /// <summary>As SPEC section 12 has it: words, <c>"phrase"</c>, <c>/regex/</c>, <c>-not</c>.</summary>
    public string? Filter { get; init; }
}

/// <summary>The query of <c>GET /v1/sandboxes/{id}/exec</c>.</summary>
public sealed record ExecQuery
{
    /// <summary>Program and arguments; no shell is put around them.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public bool Tty { get; init; }

    public bool Stdin { get; init; }
}
