using Berth.Model;

namespace Berth.Control.Autoscaling;

/// <summary>Why a queue's number is not known. Each is the end of a sentence that begins with the service.</summary>
internal static class QueueMessages
{
    private const int MostShown = 200;

    public static string NoService(string host, string app) => $"\"{host}\" is no service of app \"{app}\"; name one of its services as the host, or ask elsewhere by a command";

    public static string NotRunning(string service) => $"service {service} has no running sandbox";

    public static string NoPort(string service) => $"service {service} has no port; write one in the URL";

    public static string NoVariable(string name) => $"there is no variable {name}; set it: berth env set {name}=…";

    public static string BadUrl(string text) => $"\"{Shown(text)}\" is no URL that can be asked";

    public static string NoAnswer(string host, TimeSpan limit) => $"{host} did not answer within {limit.TotalSeconds:0.#} s";

    public static string NotReached(string host, string reason) => $"{host} cannot be reached: {reason}";

    public static string BadStatus(string url, int status) => $"{Shown(url)} answered with status {status}";

    public static string NoNumber(string text) => $"\"{Shown(text)}\" is no whole number from 0 on";

    public static string NoMember(string path) => $"the answer has no \"{path}\", or it is no JSON";

    public static string TooLong(long limit) => $"the answer is longer than {ByteSize.ForPeople(limit)}";

    public static string Refused(string host, string reason) => $"{host} refused: {Shown(reason)}";

    public static string Ended(int? exitCode, string output) => $"the command ended with exit code {exitCode}{(output.Length == 0 ? "" : ": " + Shown(output))}";

    public static string StillRunning(TimeSpan limit) => $"the command was still running after {limit.TotalSeconds:0} s and was stopped";

    private static string Shown(string text)
    {
        var line = text.Trim().ReplaceLineEndings(" ");
        return line.Length <= MostShown ? line : line[..MostShown] + "…";
    }
}
