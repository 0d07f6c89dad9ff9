using System.Net;

namespace Berth.Contracts;

/// <summary>The server answered and refused. The message names the thing, what is wrong and what to do; tell cases apart by <see cref="Status"/> and <see cref="Code"/>, never by text.</summary>
public sealed class BerthApiException(HttpStatusCode status, string? code, string message, IReadOnlyList<DiagnosticInfo> diagnostics) : Exception(message)
{
    public HttpStatusCode Status => status;

    /// <summary><c>app-not-found</c>; null where the answer was no problem details.</summary>
    public string? Code => code;

    /// <summary>Problems in the app's files; empty where it is not about them.</summary>
    public IReadOnlyList<DiagnosticInfo> Diagnostics => diagnostics;
}
