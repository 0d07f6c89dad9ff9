using System.Globalization;
using System.Text.Json;

namespace Berth.Control.Autoscaling;

/// <summary>Reads the number of jobs out of what a source said.</summary>
internal static class JobCount
{
    /// <summary>The text's last line that is not empty: tools write warnings before their result.</summary>
    public static long OfText(string text)
    {
        var line = text.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0) ?? "";
        return long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) ? jobs : throw new QueueException(QueueMessages.NoNumber(line));
    }

    /// <param name="path">Names of members, with points between them; a number is a place in an array.</param>
    public static long OfJson(string text, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var found = document.RootElement;
            foreach (var name in path.Split('.'))
            {
                if (found.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < found.GetArrayLength())
                    found = found[index];
                else if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                    throw new QueueException(QueueMessages.NoMember(path));
            }
            return OfText(found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText());
        }
        catch (JsonException)
        {
            throw new QueueException(QueueMessages.NoMember(path));
        }
    }
}
