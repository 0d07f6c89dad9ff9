using System.Buffers;

namespace Berth.Control.Secrets;

/// <summary>One app's secret values, made ready for being looked for. Immutable.</summary>
internal sealed class RedactedValues
{
    private readonly IReadOnlyList<string> _inOrder;
    private readonly string[] _longestFirst;
    private readonly SearchValues<string>? _any;

    private RedactedValues(IReadOnlyList<string> inOrder)
    {
        _inOrder = inOrder;
        // One may be a part of another: were the shorter one replaced first, the rest of the longer would stay.
        _longestFirst = [.. inOrder.OrderByDescending(v => v.Length)];
        _any = _longestFirst.Length == 0 ? null : SearchValues.Create(_longestFirst, StringComparison.Ordinal);
    }

    public static RedactedValues None { get; } = new([]);

    public bool IsEmpty => _any is null;

    public RedactedValues With(IEnumerable<string> values, int limit)
    {
        var added = values.Except(_inOrder, StringComparer.Ordinal).ToList();
        return added.Count == 0 ? this : new([.. _inOrder.Concat(added).TakeLast(limit)]);
    }

    public string Apply(string text)
    {
        if (_any is null || !text.AsSpan().ContainsAny(_any))
            return text;
        foreach (var value in _longestFirst)
            text = text.Replace(value, Redaction.Mark, StringComparison.Ordinal);
        return text;
    }

    /// <summary>How many characters at the end of a piece of a stream may be the beginning of a value, whose rest comes with the next piece.</summary>
    public int HeldBack(string text)
    {
        for (int start = Math.Max(0, text.Length - (_longestFirst is [var longest, ..] ? longest.Length - 1 : 0)); start < text.Length; start++)
        {
            if (Array.Exists(_longestFirst, value => value.Length > text.Length - start && value.AsSpan().StartsWith(text.AsSpan(start), StringComparison.Ordinal)))
                return text.Length - start;
        }
        return 0;
    }
}
