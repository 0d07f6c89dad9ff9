namespace Berth.Contracts;

/// <summary>One thing that <c>berth doctor</c> looked at.</summary>
/// <param name="Level"><c>ok</c>, <c>warning</c> or <c>problem</c>.</param>
/// <param name="Subject">The thing: <c>engine</c>, <c>app shop</c>, <c>listener 0.0.0.0:8080</c>.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
public sealed record FindingInfo(string Level, string Subject, string Text, string? Advice);
