using Berth.Model;
using Berth.Router.Routing;

namespace Berth.Router;

/// <summary>All that the router says to people: on its command line, in its log, to control and on its pages.</summary>
public static class RouterMessages
{
    public const string Usage = "usage: berth-router --http ADDR:PORT [--http ADDR:PORT …] [--https ADDR:PORT …] --control PATH --state DIR";

    public static string ArgumentWithoutValue(string flag) => $"argument \"{flag}\" is not a flag with a value; write for example --http 127.0.0.1:8080";

    public static string BadArgument(string flag, string value) =>
        $"\"{flag} {value}\" cannot be used: there is no such flag, or it wants another value (ADDR:PORT, a path, a whole number, or seconds up to 86400)";

    public static string MissingArgument(string what) => $"{what} is missing";

    public static string AlreadyRunning(string socket) => $"another router answers on {socket}; stop it first (its process id stands in router.pid), or use it";

    public static string NotHandedOver(string socket, string addresses) =>
        $"the router that answers on {socket} does not hand over {addresses}: it listens elsewhere, or is stopping; stop it first (its process id stands in router.pid)";

    public const string HandedOver = "another router has taken the ports over: finishing what is under way";

    public static string AddressTaken(string address) => $"{address} is in use by another program; stop that program or choose another address with --http";

    public static string AddressUnusable(string address, string why) => $"cannot listen on {address} ({why}); choose another address with --http";

    public static string SocketPathTooLong(string path, int limit) => $"the path of the control socket, {path}, is too long for a unix socket; choose one of at most {limit} bytes";

    public static string Started(string addresses, long snapshot) => $"routing on {addresses} by snapshot {snapshot}";

    public static string Stopping(TimeSpan limit) => $"stopping: no new connections, requests in flight have {limit.TotalSeconds:0} s";

    public const string Stopped = "stopped";

    public static string SnapshotUnreadable(string path, string why) => $"the last snapshot, {path}, cannot be read ({why}); routing nothing until control sends the next";

    public static string SnapshotNotSaved(string path, string why) => $"the snapshot is in force but was not saved to {path} ({why}); after a restart the router would begin with the one before";

    public static string SnapshotInForce(long version, int apps, int hosts) => $"snapshot {version} in force: {apps} apps, {hosts} hosts";

    public static string AppTwice(string app) => $"app \"{app}\" is in the route table twice";

    public static string SandboxTwice(string id) => $"sandbox \"{id}\" is in the route table twice";

    public static string BadSandboxAddress(RoutedSandbox sandbox) => $"sandbox \"{sandbox.Id}\" has no address that can be connected to: {sandbox.Address}:{sandbox.Port}";

    public static string HostTwice(string host) => $"host \"{host}\" is in the route table twice";

    public static string BadRoutePath(RoutedHost route) => $"route \"{route.Address}\" has a path that is none: it begins with a slash, and has no empty segment and none of dots";

    public static string BadRule(RoutedHost route, string what) => $"route \"{route.Address}\" has {what} that cannot be carried out";

    public static string HostNotNormal(string host) => $"host \"{host}\" must be in lower case, without port and final dot";

    public static string UnknownApp(string what, string app) => $"{what} leads to app \"{app}\", which is not in the route table";

    public static string CertificateUnreadable(string host, string path, string why) => $"the certificate of {host}, {path}, cannot be used ({why}); the one before it stays in use, if there was one";

    public static string NoSuchCall(string method, string? path) => $"there is no {method} {path} here; control speaks PUT /snapshot, GET /report, GET /reports, GET /status, GET /metrics and GET /wakes";

    public const string BodyNotRead = "the body is no route table in JSON";

    public static string TakenOut(SandboxTarget target, string why) => $"sandbox {target.Sandbox.Id} at {target.EndPoint} refused a connection ({why}); left out for a while";

    public static string UpstreamBroke(SandboxTarget target, string why) => $"sandbox {target.Sandbox.Id} at {target.EndPoint} broke off a request ({why})";

    public static string UpstreamTooSlow(SandboxTarget target, TimeSpan limit) => $"sandbox {target.Sandbox.Id} at {target.EndPoint} gave no answer within {limit.TotalSeconds:0.#} s";

    public const string EndedTooEarly = "it ended in the middle of its response";

    public const string NoValidAnswer = "it gave no answer, or none that is HTTP/1.1 for certain";

    public static string SessionFailed(Exception e) => $"a client's session failed, and its connection was closed; this is a fault of the router's: {e}";

    // Requests that are refused for their form.
    public const string LengthAndCoding = "the request has both Content-Length and Transfer-Encoding, so its end is uncertain";

    public const string OtherCoding = "the request has a Transfer-Encoding other than chunked alone";

    public const string CodingInOldVersion = "the request is of a version that has no Transfer-Encoding, but uses it";

    public const string BodyUnreadable = "the request's body is malformed, or came too slowly";

    public const string BadHeaderName = "a header's name has characters that names may not have";

    public const string ControlCharacter = "the request's line or headers have control characters, or a line ends in CR or LF alone";

    public const string NoColon = "a header has no colon, or is folded";

    public const string BadRequestLine = "the request line is not METHOD TARGET VERSION";

    public const string OtherVersion = "the request is of a version of HTTP that is not spoken here: HTTP/1.0, HTTP/1.1 and HTTP/2 are";

    public const string TwoHosts = "the request names more than one Host";

    public const string NoHost = "the request has no Host";

    public const string BadHost = "the request's Host is no name or address with perhaps a port";

    public const string OtherHostInTarget = "the request's target is on another host than its Host says";

    public const string BadLength = "the request has a Content-Length that is no number, or more than one";

    public const string DisguisedHeader = "a header is named like one that frames requests, but for an underscore";

    public const string TooManyNominated = "the Connection header names too many others";

    public static string TooManyHeaders(int limit) => $"the request has more than {limit} headers";

    public static string HeadTooLarge(int limit) => $"the request's line and headers are larger than {limit} bytes";

    public static string LineTooLong(int limit) => $"the request's first line is longer than {limit} bytes";

    public static string HeadTooSlow(TimeSpan limit) => $"the request's headers were not complete within {limit.TotalSeconds:0} s";

    public const string NoConnect = "the router opens no tunnels: CONNECT is refused";

    public const string AmbiguousPath = "the request's path leads to one route as it stands and to another when it is decoded";

    public const string NoTarget = "the request's target is neither a path nor a URL with one";
}
