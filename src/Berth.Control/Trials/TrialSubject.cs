using Berth.Planning;

namespace Berth.Control.Trials;

/// <summary>What is tried.</summary>
/// <param name="Label">The release: <c>v3</c>.</param>
/// <param name="Path">What is asked for; null: the release has nobody to answer, so there is nothing to prove.</param>
/// <param name="Watch">For how long its errors are watched once it is proven; zero: not at all.</param>
/// <param name="Before">How the release before it did.</param>
internal sealed record TrialSubject(string App, string Deployment, string Label, string? Path, TimeSpan Watch, RequestCount Before);
