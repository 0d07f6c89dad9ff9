using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Cli.Output;

/// <summary>The same objects that the tables show, as the API has them, indented.</summary>
internal static class JsonOutput
{
    public static void Write<T>(TextWriter output, T value, JsonTypeInfo<T> type)
    {
        using var bytes = new MemoryStream();
        // Relaxed: this is read by people and jq, not by browsers; control characters stay escaped.
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            JsonSerializer.Serialize(json, value, type);
        output.Write(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n");
    }

    /// <summary>One object on one line, for streams.</summary>
    public static void WriteLine<T>(TextWriter output, T value, JsonTypeInfo<T> type) => output.Write(JsonSerializer.Serialize(value, type) + "\n");
}
