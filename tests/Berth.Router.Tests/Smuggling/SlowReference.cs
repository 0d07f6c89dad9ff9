using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Router.Tests.Smuggling;

/// <summary>RFC 9112's grammar once more, as regular expressions and string splitting: slow, short, and written apart from the router's parser, to be compared with it.</summary>
public static partial class SlowReference
{
    /// <summary>Null if the head is to be refused; else its framing: <c>none</c>, <c>chunked</c> or a length.</summary>
    public static string? Framing(string head)
    {
        var match = Head().Match(head);
        if (!match.Success)
            return null;
        var fields = match.Groups["name"].Captures.Zip(match.Groups["value"].Captures, (name, value) => (Name: name.Value.ToLowerInvariant(), Value: value.Value.Trim(' ', '\t'))).ToList();
        var old = match.Groups["minor"].Value == "0";
        var hosts = fields.Where(field => field.Name == "host").ToList();
        if (match.Groups["method"].Value == "CONNECT" || hosts.Count > 1 || (hosts.Count == 0 && !old) || (hosts.Count == 1 && !Host().IsMatch(hosts[0].Value)))
            return null;
        if (fields.Any(field => field.Name is "content_length" or "transfer_encoding"))
            return null;
        var lengths = fields.Where(field => field.Name == "content-length").ToList();
        var codings = fields.Where(field => field.Name == "transfer-encoding").ToList();
        if (lengths.Count + codings.Count > 1 || (codings.Count == 1 && (old || !codings[0].Value.Equals("chunked", StringComparison.OrdinalIgnoreCase))))
            return null;
        if (lengths.Count == 1 && !Length().IsMatch(lengths[0].Value))
            return null;
        return codings.Count == 1 ? "chunked" : lengths.Count == 1 ? long.Parse(lengths[0].Value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : "none";
    }

    /// <summary>How many bytes a whole chunked body takes up; null: it is malformed; -1: it is not, so far, but goes on.</summary>
    public static int? BodyLength(string body)
    {
        for (int at = 0; ;)
        {
            var size = SizeLine().Match(body, at);
            if (!size.Success)
                return PartOfSizeLine().IsMatch(body[at..]) ? -1 : null;
            at += size.Length;
            long length = Convert.ToInt64(size.Groups[1].Value, 16);
            if (length == 0)
            {
                var trailers = Trailers().Match(body, at);
                return trailers.Success ? at + trailers.Length : PartOfTrailers().IsMatch(body[at..]) ? -1 : null;
            }
            if (body.Length - at <= length)
                return -1;
            at += (int)length;
            var end = body.Substring(at, Math.Min(2, body.Length - at));
            if (end != "\r\n")
                return end == "\r" ? -1 : null;
            at += 2;
        }
    }

    [GeneratedRegex(@"\A(?<method>[!#$%&'*+.^_`|~0-9A-Za-z-]+) /[\x21-\x7e]* HTTP/1\.(?<minor>[01])\r\n(?:(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):(?<value>[\t\x20-\x7e\x80-\xff]*)\r\n)*\r\n\z")]
    private static partial Regex Head();

    [GeneratedRegex(@"\A(?:(?:[A-Za-z0-9!$&'()._~-]+|\[[0-9a-fA-F:.]{2,}\])(?::[0-9]{0,5})?)?\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A[0-9]{1,18}\z")]
    private static partial Regex Length();

    [GeneratedRegex(@"\G(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n")]
    private static partial Regex Trailers();

    [GeneratedRegex(@"\G([0-9A-Fa-f]{1,15})(?:;[\t\x20-\x7e\x80-\xff]{0,256})?\r\n")]
    private static partial Regex SizeLine();

    [GeneratedRegex(@"\A(?:[0-9A-Fa-f]{0,15}|[0-9A-Fa-f]{1,15}(?:;[\t\x20-\x7e\x80-\xff]{0,256})?\r?)\z")]
    private static partial Regex PartOfSizeLine();

    [GeneratedRegex(@"\A(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+(?::[\t\x20-\x7e\x80-\xff]*\r?)?|\r)?\z")]
    private static partial Regex PartOfTrailers();
}
