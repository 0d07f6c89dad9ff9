using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Router.Traffic;

/// <summary>A line of the access log, in one of its two forms. Nothing that a client sends can end the line or leave its quotes. Pure.</summary>
public static class AccessLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>One JSON object.</summary>
    public static void WriteJson(IBufferWriter<byte> to, AccessEntry entry, DateTimeOffset time)
    {
        using (var json = new Utf8JsonWriter(to, Options))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, time);
            json.WriteString("app"u8, entry.App);
            json.WriteString("sandbox"u8, entry.Sandbox);
            json.WriteString("client"u8, entry.Client);
            json.WriteString("method"u8, entry.Method);
            json.WriteString("host"u8, entry.Host);
            json.WriteString("target"u8, entry.Target);
            json.WriteString("protocol"u8, entry.Protocol);
            json.WriteNumber("status"u8, entry.Status);
            json.WriteNumber("bytes_in"u8, entry.BytesIn);
            json.WriteNumber("bytes_out"u8, entry.BytesOut);
            json.WriteNumber("ms"u8, Math.Round(entry.Duration.TotalMilliseconds, 3));
            json.WriteString("user_agent"u8, entry.UserAgent);
            json.WriteString("referer"u8, entry.Referer);
            json.WriteEndObject();
        }
        to.Write("\n"u8);
    }

    /// <summary>As Apache and nginx write it, then app, sandbox and milliseconds.</summary>
    public static void WriteCombined(IBufferWriter<byte> to, AccessEntry entry, DateTimeOffset time)
    {
        var when = time.ToString("dd/MMM/yyyy:HH:mm:ss zz00", CultureInfo.InvariantCulture);
        to.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Client} - - [{when}] \"{Quoted(entry.Method)} {Quoted(entry.Target)} {entry.Protocol}\" {entry.Status} {entry.BytesOut} \"{Quoted(entry.Referer)}\" \"{Quoted(entry.UserAgent)}\" {OrDash(entry.App)} {OrDash(entry.Sandbox)} {entry.Duration.TotalMilliseconds:0.###}\n")));
    }

    private static string OrDash(string text) => text.Length == 0 ? "-" : text;

    private static string Quoted(string text)
    {
        if (text.Length == 0)
            return "-";
        var quoted = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is '"' or '\\' || char.IsControl(character))
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}");
            else
                quoted.Append(character);
        }
        return quoted.ToString();
    }
}
