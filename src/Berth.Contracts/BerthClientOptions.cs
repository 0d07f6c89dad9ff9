namespace Berth.Contracts;

/// <summary>Limits of the client. Streams (deployments, followed logs, exec) have no time limit of their own: the caller's token ends them.</summary>
public sealed record BerthClientOptions
{
    /// <summary>Until the connection stands; default 5 s. Then <see cref="BerthUnreachableException"/>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until an answer that is no stream is complete; default 60 s. Then <see cref="BerthUnreachableException"/>.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest answer that is no stream; default 64 MiB.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 20;

    /// <summary>Whether a server on this machine is spoken to over a plain socket where nothing large is sent; default true, for a quick start.</summary>
    public bool PlainLoopback { get; init; } = true;

    /// <summary>Longest line of a stream; default 16 MiB (a log line may have 10 MB). A longer one ends the stream with <see cref="BerthApiException"/>.</summary>
    public int MaxLineBytes { get; init; } = 16 << 20;
}
