using Berth.Model;

namespace Berth.Engines;

/// <summary>Every message of this project that reaches a person: names the thing, says what is wrong and what to do.</summary>
internal static class EngineMessages
{
    public static string Unreachable(string socket, string reason) =>
        $"Docker Engine does not answer on {socket} ({reason}); see that it runs, for example with: docker -H unix://{socket} version";

    public static string TimedOut(string socket, string call, TimeSpan limit) =>
        $"Docker Engine on {socket} did not finish \"{call}\" within {limit.TotalSeconds:0} s; see its log and the machine's load";

    public static string TooOld(string version, string api) =>
        $"Docker Engine {version} speaks API {api}; Berth needs 1.41 (Docker Engine 20.10) or later: upgrade it";

    public static string StrangeAnswer(string call) =>
        $"the answer to \"{call}\" is not Docker Engine's; see that the socket belongs to Docker Engine";

    public static string Failed(string what, string reason) => $"cannot {what}: {reason}";

    public static string NoSuchSandbox(string id) => $"no sandbox \"{id}\" in the engine; see: berth sandbox list";

    public static string SandboxNotRunning(string id, string state) => $"sandbox \"{id}\" is {state}, not running; see: berth sandbox list";

    public static string SandboxFrozen(string id) => $"sandbox \"{id}\" is asleep, and no command can run in it; send its app a request, or use: berth exec";

    public static string NotOurs(string kind, string name) =>
        $"{kind} \"{name}\" is in the engine but does not belong to this Berth; rename or remove it";

    public static string RunsElsewhere(string name, string process) =>
        $"container \"{name}\" belongs to process {process}, which still runs; stop that first";

    public static string SubnetTaken(AppNetwork network, string reason) =>
        $"subnet {network.Subnet} for app \"{network.App}\" overlaps another network of this machine: {reason}";

    public static string StartFailed(string id, string command, string reason) =>
        $"sandbox \"{id}\" cannot start {command}: {reason}";

    public static string SidecarNotStarted(string sidecar, string sandbox, string reason) => $"sidecar \"{sidecar}\" of sandbox \"{sandbox}\" cannot be started: {reason}";

    public static string SidecarsMissing(string sandbox, int found, int wanted) =>
        $"sandbox \"{sandbox}\" has {found} of its {wanted} sidecars: the names of their containers ({sandbox}.1 …) are taken by others; remove those";

    public static string ImageGone(string image) => $"image {image} is not in the engine any more; deploy again to build or pull it";

    public static string BadReference(string reference) =>
        $"\"{reference}\" is not an image reference; write it as in postgres:16 or registry.example.com/team/app:1.2";

    public static string ImageMissing(string reference, string reason) =>
        $"image {reference} is not in its registry, or may not be read without a login: {reason}; check name and tag";

    public static string RegistryFailed(string reference, string reason) =>
        $"image {reference} could not be pulled: {reason}; check that the registry can be reached from this machine";

    public static string WrongArchitecture(string reference, string have, string want) =>
        $"image {reference} is for {have}, this machine is {want}; build or choose it for {want}";

    public static string NoMatchingArchitecture(string reference, string reason) =>
        $"image {reference} does not exist for this machine's architecture: {reason}";

    public static string BuildFailed(string reason) => $"the build failed: {reason}";

    public static string FileTooLarge(string image, string path, long size, int limit) =>
        $"{path} in image {image} has {ByteSize.ForPeople(size)}; at most {ByteSize.ForPeople(limit)} are read";

    public static string TooManyLinks(string image, string path) => $"{path} in image {image} is a link that leads on and on";

    public static string EventsEnded(string socket) => $"Docker Engine on {socket} ended its stream of events";

    public static string BadDockerHost(string value) =>
        $"DOCKER_HOST is \"{value}\"; Berth speaks to Docker Engine over a unix socket only: set it to unix:///path/to/docker.sock, or unset it";

    public static string SocketDenied(string socket) =>
        $"this user may not use {socket}; run as root or as a member of the group \"docker\"";

    public static string AskedSocketSilent(string socket) =>
        $"no Docker Engine answers on {socket}, which was asked for; start it, or leave the socket out to let Berth find or start one";

    public static string NotRoot(string socket) =>
        $"no Docker Engine answers on {socket}, and only root can start one; start Docker (systemctl start docker) or run as root";

    public static string ProgramMissing(string program) =>
        $"no Docker Engine runs here and it cannot be started, as {program} is not installed; install it (Debian, Ubuntu: apt-get install docker.io iptables)";

    public static string DaemonFailed(string log, string tail) =>
        $"dockerd did not start; the end of its log ({log}):\n{tail}";

    public static string DaemonSlow(TimeSpan limit, string log, string tail) =>
        $"dockerd did not answer within {limit.TotalSeconds:0} s; the end of its log ({log}):\n{tail}";

    public static string DaemonDidNotStop(int pid, TimeSpan limit) => $"dockerd (process {pid}) did not end within {limit.TotalSeconds:0} s";
}
