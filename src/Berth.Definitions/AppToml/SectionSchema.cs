namespace Berth.Definitions.AppToml;

/// <summary>A key that Berth knows but does not carry out: it is refused rather than passed over in silence.</summary>
/// <param name="Reason">Why, as the rest of a sentence that begins with the key.</param>
/// <param name="Instead">What to write.</param>
internal sealed record Refusal(string Reason, string Instead);

/// <summary>The keys of one kind of table in app.toml.</summary>
internal sealed record SectionSchema(IReadOnlyList<string> Known, IReadOnlyDictionary<string, Refusal> Refused);
