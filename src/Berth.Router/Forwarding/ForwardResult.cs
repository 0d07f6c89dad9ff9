namespace Berth.Router.Forwarding;

/// <summary>How forwarding ended. All but <see cref="Done"/> and <see cref="ClientGone"/> leave the response untouched, for a page or another try.</summary>
public enum ForwardResult
{
    /// <summary>A response was begun; where it broke off in the middle, the client's connection was cut, so that it knows.</summary>
    Done,

    /// <summary>No connection was made, nothing was sent: the request may go to another sandbox, whatever its method.</summary>
    Unreachable,

    /// <summary>The connection broke before any answer, but the request has no body and does no more if it arrives twice.</summary>
    BrokenRepeatable,

    /// <summary>The connection broke, or the answer was none, and the request may have had its effect.</summary>
    Broken,

    /// <summary>The client's own body could not be read: broken framing, or too slow.</summary>
    BadRequestBody,

    /// <summary>No answer within <see cref="RouterOptions.ResponseTimeout"/>.</summary>
    TooSlow,
    ClientGone,
}
