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

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>One JSON object.</summary>
    public static void WriteJson(IBufferWriter<byte> to, AccessEntry entry, DateTimeOffset time)
    {
        var json = _json ??= new Utf8JsonWriter(to, Options);
        json.Reset(to);
        json.WriteStartObject();
        json.WriteString(Names.Time, time);
        json.WriteString(Names.App, entry.App);
        json.WriteString(Names.Sandbox, entry.Sandbox);
        json.WriteString(Names.Client, entry.Client);
        json.WriteString(Names.Method, entry.Method);
        json.WriteString(Names.Host, entry.Host);
        json.WriteString(Names.Target, entry.Target);
        json.WriteString(Names.Protocol, entry.Protocol);
        json.WriteNumber(Names.Status, entry.Status);
        json.WriteNumber(Names.BytesIn, entry.BytesIn);
        json.WriteNumber(Names.BytesOut, entry.BytesOut);
        json.WriteNumber(Names.Milliseconds, new decimal(entry.Duration.Ticks / TimeSpan.TicksPerMicrosecond) / 1000);
        json.WriteString(Names.UserAgent, entry.UserAgent);
        json.WriteString(Names.Referer, entry.Referer);
        json.WriteEndObject();
        json.Flush();
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

    /// <summary>Escaped once.</summary>
    private static class Names
    {
        public static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
        public static readonly JsonEncodedText App = JsonEncodedText.Encode("app");
        public static readonly JsonEncodedText Sandbox = JsonEncodedText.Encode("sandbox");
        public static readonly JsonEncodedText Client = JsonEncodedText.Encode("client");
        public static readonly JsonEncodedText Method = JsonEncodedText.Encode("method");
        public static readonly JsonEncodedText Host = JsonEncodedText.Encode("host");
        public static readonly JsonEncodedText Target = JsonEncodedText.Encode("target");
        public static readonly JsonEncodedText Protocol = JsonEncodedText.Encode("protocol");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText BytesIn = JsonEncodedText.Encode("bytes_in");
        public static readonly JsonEncodedText BytesOut = JsonEncodedText.Encode("bytes_out");
        public static readonly JsonEncodedText Milliseconds = JsonEncodedText.Encode("ms");
        public static readonly JsonEncodedText UserAgent = JsonEncodedText.Encode("user_agent");
        public static readonly JsonEncodedText Referer = JsonEncodedText.Encode("referer");
    }
}
