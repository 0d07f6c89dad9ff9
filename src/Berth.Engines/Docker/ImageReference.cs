using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// An image's name taken apart: <c>registry:5000/team/app:1.2</c> or <c>app@sha256:…</c>. Only characters that the engine knows get in,
/// so that a reference is safe inside a path.
/// </summary>
/// <param name="Repository">All before the tag.</param>
/// <param name="Tag">The tag, or the digest; <c>latest</c> where none is given.</param>
internal sealed record ImageReference(string Repository, string Tag)
{
    private const int MaxLength = 512;

    /// <exception cref="EngineException">It is none.</exception>
    public static ImageReference Parse(string text)
    {
        if (!IsValid(text))
            throw new EngineException(EngineError.ImageMissing, EngineMessages.BadReference(text.Length <= 100 ? text : text[..100] + "…"));
        if (text.IndexOf('@') is var at and > 0)
            return new ImageReference(text[..at], text[(at + 1)..]);
        // A colon before the last slash is a registry's port.
        int colon = text.LastIndexOf(':');
        return colon > text.LastIndexOf('/') ? new ImageReference(text[..colon], text[(colon + 1)..]) : new ImageReference(text, "latest");
    }

    /// <summary>For the path of a call: by name or by id.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static string Path(string text) =>
        IsValid(text) ? "/images/" + text : throw new EngineException(EngineError.ImageMissing, EngineMessages.BadReference(text));

    private static bool IsValid(string text) =>
        text.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@')
        && !text.Contains("..", StringComparison.Ordinal)
        && !text.Contains("/.", StringComparison.Ordinal)
        && !text.Contains("//", StringComparison.Ordinal);
}
