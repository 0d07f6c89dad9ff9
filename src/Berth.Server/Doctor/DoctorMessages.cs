using System.Net;
using Berth.Contracts;
using Berth.Control.Certificates;
using Berth.Control.Operations;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Server.Doctor;

/// <summary>All that the doctor may find.</summary>
internal static class DoctorMessages
{
    private const string GuardEngine = "take the address away (-H, or \"hosts\" in daemon.json; Berth uses the engine's socket), or have the engine ask for client certificates (--tlsverify)";

    public static FindingInfo NotLookedAt(string subject, string reason) => Problem(subject, $"could not be looked at: {reason}", "see that it answers, and ask again");

    public static FindingInfo Engine(EngineInfo engine) => Ok("engine", $"{engine.Kind} {engine.Version} on {engine.Architecture}");

    public static FindingInfo Clock(TimeSpan apart, bool tolerable) => tolerable
        ? Ok("clock", "the engine's is this machine's")
        : Warning("clock", $"the engine's is {apart.Duration().TotalSeconds:0} s {(apart > TimeSpan.Zero ? "ahead of" : "behind")} berthd's: crash times and log times do not fit", "keep both by the same time server");

    public static FindingInfo Cgroup(string? version) => Ok("cgroup", version is null ? "the engine does not say which version" : $"version {version}");

    public static FindingInfo Space(string what, string folder, long free, long low, long least) => free >= low
        ? Ok(what, $"{ByteSize.ForPeople(free)} free in {folder}")
        : new FindingInfo(free < least ? "problem" : "warning", what, $"only {ByteSize.ForPeople(free)} free in {folder}{(free < least ? ": deployments are refused" : "")}", "\"berth system df\" shows what takes it; make room, or give it a larger disk");

    public static FindingInfo Memory(long available, long low) => available >= low
        ? Ok("memory", $"{ByteSize.ForPeople(available)} to be had")
        : Warning("memory", $"only {ByteSize.ForPeople(available)} to be had", "\"berth sandbox metrics\" shows who uses it; scale down, or give the machine more");

    public static FindingInfo Tool(string program, string package, string fileSystem, bool isThere, bool isStandard) => isThere
        ? Ok($"disks with {fileSystem}", "can be made")
        : new FindingInfo(isStandard ? "warning" : "ok", $"disks with {fileSystem}", $"{program} is not installed{(isStandard ? "" : ": only disks that ask for this file system need it")}", $"if you want them: apt-get install {package}");

    public static FindingInfo Isolation(string? problem) => problem is null
        ? Ok("isolation", "the firewall keeps sandboxes from this machine's services and from cloud metadata")
        : Problem("isolation", problem, "see what keeps the rules away, and start berthd again; until then leave nothing on this machine open that has no password");

    public static FindingInfo NoIsolation() => Warning("isolation", "is not asked of this server", "run berthd as root on the engine's machine");

    public static FindingInfo Listener(string what, IPEndPoint at, string? policy, bool isApi) => (IPAddress.IsLoopback(at.Address), isApi) switch
    {
        (true, _) => Ok($"listener {at}", $"{what}, for this machine alone"),
        (false, true) => Warning($"listener {at}", $"{what}, reachable from outside without TLS{Firewall(policy)}: tokens can be read on the way", "let it listen on 127.0.0.1 behind a proxy with TLS, or a VPN"),
        (false, false) => Ok($"listener {at}", $"{what}, reachable from outside{Firewall(policy)}"),
    };

    public static FindingInfo Published(PublishedPort port, bool isLocal) => isLocal
        ? Ok(Subject(port), $"leads into container {port.Container}, for this machine alone")
        : Warning(Subject(port), $"leads into container {port.Container}, which is not Berth's, and is reachable from outside past the host's own firewall rules", "if nobody else is to use it, publish it on 127.0.0.1");

    public static FindingInfo Unguarded(UnguardedAddress at, bool isLocal)
    {
        var what = $"takes commands {(at.IsEncrypted ? "without asking for a certificate" : "without TLS")}: ";
        return isLocal
            ? Warning($"engine at {at.Address}", $"{what}every user of this machine is root by it", GuardEngine)
            : Problem($"engine at {at.Address}", $"{what}whoever reaches it is root on this machine", GuardEngine);
    }

    public static FindingInfo NothingPublished() => Ok("published ports", "no container has any");

    public static FindingInfo NoDockerNames() => Ok("names in sandboxes", "not tried: nothing runs in which they could be asked");

    public static FindingInfo Names(string sandbox, string service) => Ok("names in sandboxes", $"{service} is found in {sandbox}");

    public static FindingInfo NoNames(string sandbox, string service, string reason) =>
        Problem("names in sandboxes", $"{service} is not found in {sandbox}: {reason}", "the engine answers for names at 127.0.0.11 in each sandbox; \"berth restart\" makes new ones, and the engine's log says more");

    public static FindingInfo Crashing(string app, ServiceInfo service) => Problem($"app {app}", $"service {service.Name} crashes{(service.LastCrash is { } crash ? $", {crash.Count} times in a row, last with exit code {crash.ExitCode}{(crash.OutOfMemory ? " (out of memory)" : "")}" : "")}", $"berth crashes {app}");

    public static FindingInfo Apps(int count) => Ok("apps", count == 0 ? "there are none" : $"none of {count} crashes");

    public static FindingInfo FailedDeployment(AppRecord app, Deployment last) => app.ActiveRelease is null
        ? Warning($"app {app.Name}", $"was never deployed: its last deployment failed: {last.Error}", $"deploy again, or remove it: berth app delete {app.Name}")
        : Warning($"app {app.Name}", $"its last deployment failed, and the release before it serves on: {last.Error}", $"deploy again; \"berth app history {app.Name}\" shows all deployments");

    public static FindingInfo Deployments(int count) => Ok("deployments", count == 0 ? "there are no apps" : $"the last of none of {count} apps failed");

    public static FindingInfo FailingDrain(DrainView drain) => Warning($"drain {drain.Drain.Id}", $"of app {drain.Drain.App} to {drain.Url} fails: {drain.Status.LastError}", "\"berth drain list\" shows what waits; see that the receiver answers");

    public static FindingInfo Drains(int count) => Ok("drains", count == 0 ? "there are none" : $"all {count} deliver");

    public static FindingInfo FullDisk(Disk disk, long percent) => Warning($"disk {disk.Name}", $"is {percent} % full", "delete what is not needed on it, or restore a backup of it into a larger one");

    public static FindingInfo Disks(int count) => Ok("disks", count == 0 ? "there are none" : $"none of {count} is nearly full");

    public static FindingInfo NoBackup(string disk) => Warning($"backups of {disk}", "there is none, and no schedule: what is on the disk is lost with this machine (copies that were downloaded are not known here)", $"berth disk schedule {disk} \"0 3 * * *\"");

    public static FindingInfo FailedBackup(string disk, string problem, DateTimeOffset? lastAt) =>
        Problem($"backups of {disk}", $"the last failed: {problem}; {(lastAt is { } at ? $"the newest that is there is of {at:yyyy-MM-dd HH:mm} UTC" : "there is no other")}", $"see to that, then make one: berth disk backup {disk} --on-server");

    public static FindingInfo FailedProof(string disk, string problem) =>
        Problem($"backups of {disk}", $"could not be proven: what was restored may be of no use: {problem}", $"see to that, then try again: berth disk prove {disk}");

    public static FindingInfo Backups(int count) => Ok("backups", count == 0 ? "there are no disks" : $"the last of each of {count} disks succeeded, or is to come by its schedule");

    public static FindingInfo Certificate(CertificateFile file, TimeSpan left, bool isAutomatic) => left <= TimeSpan.Zero
        ? Problem($"certificate {file.Host}", $"ended on {file.NotAfter:yyyy-MM-dd}", Renewal(file.Host, isAutomatic))
        : Warning($"certificate {file.Host}", $"ends on {file.NotAfter:yyyy-MM-dd}", Renewal(file.Host, isAutomatic));

    public static FindingInfo NoCertificate(string host, string problem) => Warning($"certificate {host}", $"cannot be had by ACME: {problem}", "\"berth cert list\" shows when it is tried again");

    public static FindingInfo Certificates(int count) => Ok("certificates", count == 0 ? "there are none" : $"none of {count} ends soon");

    public static FindingInfo UnknownHost(string host, string app) => Warning($"route {host}", $"leads to app {app}, but the name is not known here", "add it to the DNS, with this machine's address, or remove the route");

    public static FindingInfo Hosts(int count) => Ok("routes", count == 0 ? "none has a name of its own" : $"all {count} names are known");

    private static string Subject(PublishedPort port) => $"port {(port.Address.Contains(':', StringComparison.Ordinal) ? $"[{port.Address}]" : port.Address)}:{port.Port}/{port.Protocol}";

    private static string Firewall(string? policy) => policy switch
    {
        "ACCEPT" => ", past a firewall that lets everything in that it has no rule for",
        null => "",
        _ => ", if a rule of the firewall lets it in",
    };

    private static string Renewal(string host, bool isAutomatic) => isAutomatic ? "it is renewed by itself; \"berth cert list\" shows why it was not" : $"berth cert add {host} --cert FILE --key FILE, or berth cert auto {host}";

    private static FindingInfo Ok(string subject, string text) => new("ok", subject, text, null);

    private static FindingInfo Warning(string subject, string text, string advice) => new("warning", subject, text, advice);

    private static FindingInfo Problem(string subject, string text, string advice) => new("problem", subject, text, advice);
}
