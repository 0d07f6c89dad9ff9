namespace Berth.Router.Http1;

/// <summary>A request's head as <see cref="RequestHeadParser"/> read it: positions in its bytes, and what follows from them. Reused from request to request.</summary>
public sealed class RequestHead
{
    public HeaderLines Lines { get; } = new();

    /// <summary>0 or 1: HTTP/1.0 or HTTP/1.1.</summary>
    public int MinorVersion { get; set; }

    public Range Method { get; set; }

    /// <summary>Path and query; may begin with <c>?</c>, or be empty, where an absolute target had no path.</summary>
    public Range Target { get; set; }

    /// <summary>The Host field's value; empty where there is none.</summary>
    public Range Host { get; set; }

    public bool HasHost { get; set; }

    /// <summary>-1: none was given.</summary>
    public long ContentLength { get; set; }

    public bool Chunked { get; set; }

    public bool KeepAlive { get; set; }

    /// <summary>The client asks to go over to the protocol in <see cref="UpgradeTo"/>.</summary>
    public bool Upgrade { get; set; }

    public Range UpgradeTo { get; set; }

    public bool ExpectsContinue { get; set; }

    public bool AcceptsHtml { get; set; }

    public bool IsHead { get; set; }

    /// <summary>The request does no more if it arrives twice.</summary>
    public bool IsIdempotent { get; set; }

    public bool HasBody => Chunked || ContentLength > 0;
}
