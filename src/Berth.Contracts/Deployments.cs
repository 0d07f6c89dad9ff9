namespace Berth.Contracts;

/// <summary>One thing that happened in a deployment. <see cref="Type"/> says which other members are set.</summary>
public sealed record DeploymentEvent
{
    /// <summary>
    /// <c>queued</c> (<see cref="Text"/>: who it waits for), <c>phase</c> (<see cref="Phase"/> begins), <c>output</c> (<see cref="Text"/>: a piece
    /// of the build's or the release command's output, as it came), <c>info</c> (<see cref="Text"/>: a line for people), <c>diagnostic</c>, <c>result</c> (the last one).
    /// </summary>
    public required string Type { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Id of the deployment.</summary>
    public required string Deployment { get; init; }

    /// <summary><c>receive</c>, <c>analyze</c>, <c>build</c>, <c>release command</c>, <c>start</c>, <c>ready</c>, <c>switch</c>, <c>watch</c>, <c>drain</c>, <c>done</c>.</summary>
    public string? Phase { get; init; }

    public string? Text { get; init; }

    public DiagnosticInfo? Diagnostic { get; init; }

    public DeploymentInfo? Result { get; init; }
}

public sealed record DeploymentInfo
{
    public required string Id { get; init; }

    public required string App { get; init; }

    /// <summary><c>running</c>, <c>succeeded</c>, <c>failed</c>, <c>cancelled</c>, <c>unchanged</c> (nothing differed, nothing was done).</summary>
    public required string Outcome { get; init; }

    /// <summary>The phase it is in, or in which it ended.</summary>
    public required string Phase { get; init; }

    public required string Description { get; init; }

    /// <summary><c>v3</c>; null until there is a release.</summary>
    public string? Release { get; init; }

    /// <summary>Id of the release.</summary>
    public string? Version { get; init; }

    public string? Error { get; init; }

    // Left out on the wire, an init-only member is set to null by the source-generated reader, not left at its default.
    /// <summary>The last lines (at most 20) of the sandbox that failed.</summary>
    public IReadOnlyList<string> LastLines { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Urls { get; init => field = value ?? []; } = [];

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>As <c>Berth.Model.Diagnostic</c>.</summary>
public sealed record DiagnosticInfo
{
    public required string Code { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    public required string Severity { get; init; }

    public required string Message { get; init; }

    public string? Hint { get; init; }

    public string? File { get; init; }

    /// <summary>From 1; 0 where unknown.</summary>
    public int Line { get; init; }

    /// <summary>From 1; 0 where unknown.</summary>
    public int Column { get; init; }

    public string? SourceLine { get; init; }
}

public sealed record LogLine
{
    public required DateTimeOffset Time { get; init; }

    /// <summary><c>S</c> stdout, <c>E</c> stderr.</summary>
    public required string Stream { get; init; }

    public required string Service { get; init; }

    public required string Sandbox { get; init; }

    public required string Text { get; init; }
}

/// <summary>RFC 9457 problem details.</summary>
public sealed record Problem
{
    /// <summary><c>/errors/app-not-found</c>: the error's code behind a fixed prefix.</summary>
    public string? Type { get; init; }

    public string? Title { get; init; }

    public int? Status { get; init; }

    /// <summary>Names the thing, what is wrong and what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>Problems in the app's files, where that is what it is about.</summary>
    public IReadOnlyList<DiagnosticInfo>? Errors { get; init; }
}

/// <summary>
/// Exec over a WebSocket: binary messages whose first byte says what follows. To the server: <see cref="Stdin"/> + bytes, <see cref="StdinEnd"/>,
/// <see cref="Resize"/> + columns and rows as two big-endian 16-bit numbers. To the client: <see cref="Stdout"/> or <see cref="Stderr"/> + bytes, and at the end
/// <see cref="Exit"/> + a big-endian 32-bit exit code.
/// </summary>
public static class ExecProtocol
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Exit = 3;
    public const byte Resize = 4;
    public const byte StdinEnd = 5;
}
