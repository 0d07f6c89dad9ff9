namespace Berth.Router.Sessions;

/// <summary>What becomes of a client's connection after a request.</summary>
public enum After
{
    NextRequest,

    /// <summary>It is not HTTP/1.1 at all: the preface of HTTP/2 stands in the buffer.</summary>
    Http2,
    Close,

    /// <summary>Closed once the client has had time to read what it was sent.</summary>
    Linger,

    /// <summary>Closed so that the client knows that what it got is not all.</summary>
    Reset,
}
