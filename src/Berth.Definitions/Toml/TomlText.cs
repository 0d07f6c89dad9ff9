using System.Globalization;
using System.Text;

namespace Berth.Definitions.Toml;

/// <summary>Writes strings as TOML.</summary>
public static class TomlText
{
    /// <summary>Between double quotes, on one line.</summary>
    public static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => c.ToString(),
            });
        }
        return text.Append('"').ToString();
    }

    /// <summary>In single quotes where the text that it replaces was, and the value allows it.</summary>
    public static string QuotedLike(string former, string value) =>
        former.StartsWith('\'') && !value.Contains('\'', StringComparison.Ordinal) && !value.Any(char.IsControl) ? $"'{value}'" : Quoted(value);
}
