using System.Globalization;
using System.Text;
using Berth.Control.Logs;

namespace Berth.Control.Drains;

/// <summary>A log line in the form of RFC 5424, with its length in front as RFC 5425 and RFC 6587 have it: the app is APP-NAME, the sandbox PROCID, the service MSGID.</summary>
internal static class SyslogMessage
{
    /// <summary>Facility "user-level" with severity "informational".</summary>
    private const int Output = (1 * 8) + 6;

    /// <summary>Facility "user-level" with severity "error".</summary>
    private const int Errors = (1 * 8) + 3;

    private const int MaxHost = 255;
    private const int MaxApp = 48;
    private const int MaxProcess = 128;
    private const int MaxKind = 32;

    public static void Write(Stream target, string host, string app, LogRecord line)
    {
        var message = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"<{(line.Stream == 'E' ? Errors : Output)}>1 {line.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {Field(host, MaxHost)} {Field(app, MaxApp)} {Field(line.Sandbox, MaxProcess)} {Field(line.Service, MaxKind)} - {line.Text}"));
        target.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")));
        target.Write(message);
    }

    /// <summary>Printable ASCII without blanks, not empty.</summary>
    private static string Field(string text, int longest)
    {
        var kept = new string([.. text.Where(c => c is > ' ' and < '\x7f').Take(longest)]);
        return kept.Length == 0 ? "-" : kept;
    }
}
