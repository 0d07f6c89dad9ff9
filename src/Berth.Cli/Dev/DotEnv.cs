using System.Text;
using System.Text.RegularExpressions;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <summary>
/// A file of variables as foreman and honcho read it (docs/dev.md says where they differ): <c>NAME=value</c>, one a line. What is no such line is left
/// out with a warning.
/// </summary>
internal static partial class DotEnv
{
    /// <summary>A larger file is no list of variables.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <param name="name">How the file is called in warnings.</param>
    public static (IReadOnlyList<EnvVar> Variables, IReadOnlyList<Diagnostic> Warnings) Parse(string name, byte[] bytes)
    {
        List<EnvVar> variables = [];
        List<Diagnostic> warnings = [];
        var lines = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (Entry().Match(line) is { Success: true } entry && !line.Contains('\0'))
                variables.Add(new EnvVar(entry.Groups["name"].Value, Value(entry.Groups["value"].Value)));
            else
                warnings.Add(DevMessages.NoVariable(name, i + 1));
        }
        return (variables, warnings);
    }

    /// <summary>Whether a variable of this name can stand in such a file.</summary>
    public static bool CanHold(string key) => Key().IsMatch(key);

    /// <summary>A file from which <see cref="Parse"/> reads exactly these variables, whatever is in their values. Other readers of such files agree on most of it.</summary>
    public static string Format(IEnumerable<EnvVar> variables) => string.Concat(variables.Select(v => $"{v.Key}={Quoted(v.Value)}\n"));

    /// <summary>Plain where nothing can be misread, else in single quotes, in which nothing has a meaning; a single quote or a line's end needs double ones.</summary>
    private static string Quoted(string value)
    {
        if (Plain().IsMatch(value))
            return value;
        if (!value.AsSpan().ContainsAny('\'', '\n'))
            return $"'{value}'";
        var escaped = value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }

    private static string Value(string written)
    {
        if (SingleQuoted().Match(written) is { Success: true } plain)
            return plain.Groups["text"].Value;
        if (DoubleQuoted().Match(written) is { Success: true } quoted)
            return Escape().Replace(quoted.Groups["text"].Value, escape => escape.Value == "\\n" ? "\n" : escape.Value[1..]);
        return written.StartsWith('#') ? "" : Comment().Replace(written, "");
    }

    [GeneratedRegex(@"^(export\s+)?(?<name>[A-Za-z0-9_]+)\s*=\s*(?<value>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^'(?<text>[^']*)'\s*(#.*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex SingleQuoted();

    [GeneratedRegex(@"^""(?<text>(\\.|[^""\\])*)""\s*(#.*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex DoubleQuoted();

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^[A-Za-z0-9_]+\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^[A-Za-z0-9_./:@%+,=-]*\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();
}
