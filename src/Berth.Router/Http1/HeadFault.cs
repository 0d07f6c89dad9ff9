namespace Berth.Router.Http1;

/// <summary>Why a head is refused.</summary>
/// <param name="Status">The HTTP status that says so; of a response's head it means nothing.</param>
/// <param name="Problem">In words, from <see cref="RouterMessages"/>.</param>
public readonly record struct HeadFault(int Status, string Problem);
