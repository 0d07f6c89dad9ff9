namespace Berth.Router.Traffic;

/// <summary>One request as the access log has it.</summary>
public sealed class AccessEntry
{
    public required string Client { get; init; }

    public required string Method { get; init; }

    /// <summary>As the client wrote it, query included.</summary>
    public required string Target { get; init; }

    /// <summary><c>HTTP/1.1</c>.</summary>
    public required string Protocol { get; init; }

    public required string Host { get; init; }

    public string UserAgent { get; init; } = "";

    public string Referer { get; init; } = "";

    /// <summary>Empty where the host leads to none.</summary>
    public string App { get; init; } = "";

    /// <summary>The one that answered; empty where none did.</summary>
    public string Sandbox { get; set; } = "";

    /// <summary>0: the client left before there was one.</summary>
    public int Status { get; set; }

    public long BytesIn { get; set; }

    public long BytesOut { get; set; }

    public TimeSpan Duration { get; set; }
}
