using System.Globalization;
using System.Runtime.InteropServices;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <summary>Everything that <c>berth dev</c> tells people.</summary>
internal static class DevMessages
{
    public const string Terminating = "sending SIGTERM to all processes";
    public const string Killing = "sending SIGKILL to all processes";
    public const string NotKilled = "some processes cannot be killed, as they wait for a device; they are left behind";
    public const string TwoFormations = "give -m or -c, not both; they differ only in services that are not named";

    public static string Started(int pid) => string.Create(CultureInfo.InvariantCulture, $"started with pid {pid}");

    public static string Exited(int code) => string.Create(CultureInfo.InvariantCulture, $"exited with code {code}") + (code - 128) switch
    {
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    };

    public static string Received(PosixSignal signal) => $"{signal} received, stopping";

    public static string KillingAfter(TimeSpan timeout) => string.Create(CultureInfo.InvariantCulture, $"sending SIGKILL to what still runs after {timeout.TotalSeconds:0.###} s");

    public static string LeftOut(string service) =>
        $"service {service} is left out: it has no command, so what it runs is in an image that a deployment builds; give it a command to run it here";

    public static string LeftOut(string service, string sidecar) =>
        $"sidecar {sidecar} of service {service} is left out: only a sidecar without an image runs here, beside a service without one";

    public static string NoEngine(string service, string image) =>
        $"service {service} is left out: it runs image {image}, and no Docker Engine answers here; start one, or set DOCKER_HOST";

    public static string NoEngine(string service, string image, string reason) => $"service {service} is left out: it runs image {image}, but {reason}";

    public static string BadContainer(string service, string reason) =>
        $"service {service} cannot be started: {reason}. To run others without it, name them: berth dev SERVICE …";

    public static string StartedContainer(string image, int? port, int hostPort) =>
        $"started from {image}" + (port is null ? "; it has no port to publish" : string.Create(CultureInfo.InvariantCulture, $"; 127.0.0.1:{hostPort} leads to its port {port}"));

    public static string NothingToRun(string folder) => $"nothing to run: no service of the app in {folder} can be run here";

    public static string NoService(string folder) =>
        $"the app in {folder} defines no service; add a Procfile or an app.toml, or name the folder (berth dev DIR) or the Procfile (-f FILE)";

    public static string BadDefinition(string folder) => $"the files in {folder} that define the app have errors; nothing was started";

    public static string NoSuchService(string name, string? nearest, IEnumerable<string> services) =>
        $"the app has no service \"{name}\"; " + (nearest is null ? $"it has {string.Join(", ", services)}" : $"did you mean \"{nearest}\"?");

    public static string NoSuchEnvFile(string path) => $"there is no file {path}; -e names a file of variables, one NAME=value a line";

    public static string EnvFileTooLarge(string path, int limit) => $"{path} has more than {limit} bytes; that is no list of variables";

    public static string BadFormation(string text) => $"\"{text}\" is not SERVICE=COUNT; write for example web=1,worker=2 or all=1";

    public static string BadPort(string origin, string text) => $"{origin} \"{text}\" is no port; write a number from 1 to 65535";

    public static string PortTooHigh(string process, int port, int basePort) =>
        $"{process} would have port {port}, and the highest is 65535; choose a lower first port than {basePort} (-p, or PORT)";

    public static string BadTimeout(string text) => $"-t \"{text}\" is no number of seconds from 0 to 3600";

    public static string CannotStart(string reason) => $"cannot start a process: {reason}";

    /// <summary>Without the line itself: it may hold a secret.</summary>
    public static Diagnostic NoVariable(string file, int line) => new()
    {
        Severity = Severity.Warning,
        Code = "env-line",
        Message = "this line is no variable; it is left out",
        Hint = "write NAME=value, or begin the line with # to make it a comment",
        File = file,
        Line = line,
        Column = 1,
    };
}
