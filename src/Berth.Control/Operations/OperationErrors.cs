using Berth.Model;

namespace Berth.Control.Operations;

/// <summary>All messages of this folder.</summary>
internal static class OperationErrors
{
    public static OperationError AppNotFound(string app) =>
        new(ErrorKind.NotFound, "app-not-found", $"there is no app \"{app}\"; `berth app list` shows those that are, `berth create {app}` makes it");

    public static OperationError AppExists(string app) => new(ErrorKind.Conflict, "app-exists", $"there is an app \"{app}\" already; choose another name");

    public static OperationError BadName(string problem) => new(ErrorKind.Invalid, "bad-name", problem);

    public static OperationError AppBeingDeleted(string app) => new(ErrorKind.Conflict, "app-being-deleted", $"app \"{app}\" is being deleted; wait a moment and try again");

    public static OperationError QueueFull(string app, int limit) =>
        new(ErrorKind.Conflict, "deployment-queue-full", $"{limit} deployments of app \"{app}\" wait in line already; wait for one to end, or cancel one");

    public static OperationError DeploymentNotFound(string id) =>
        new(ErrorKind.NotFound, "deployment-not-found", $"there is no deployment \"{id}\"; `berth app history` shows an app's deployments");

    public static OperationError NotCancellable(string id) =>
        new(ErrorKind.Conflict, "deployment-ended", $"deployment {id} has ended, or its release is the active one already, and it cannot be cancelled; use `berth rollback`");

    public static OperationError NoSpace(string folder, long free, long needed) =>
        new(ErrorKind.NoSpace, "disk-full", $"the disk of {folder} has {ByteSize.ForPeople(free)} left, and this deployment needs {ByteSize.ForPeople(needed)}; nothing was changed. `berth system df` shows what takes the space");

    public static OperationError NoRelease(string app) => new(ErrorKind.Conflict, "no-release", $"app \"{app}\" has no release yet; deploy it first");

    public static OperationError ReleaseNotFound(string app, string release) =>
        new(ErrorKind.NotFound, "release-not-found", $"app \"{app}\" has no release \"{release}\"; `berth releases` shows those it has");

    public static OperationError NoEarlierRelease(string app) => new(ErrorKind.Conflict, "no-earlier-release", $"app \"{app}\" has no release before the active one to go back to");

    public static OperationError ServiceNotFound(string app, string service, IEnumerable<string> known) =>
        new(ErrorKind.NotFound, "service-not-found", $"app \"{app}\" has no service \"{service}\"; it has {string.Join(", ", known)}");

    public static OperationError BadScale(string service, string problem) => new(ErrorKind.Invalid, "bad-scale", $"service {service}: {problem}");

    public static OperationError DiskService(string service) =>
        new(ErrorKind.Invalid, "disk-needs-one", $"service {service} has a disk, which one sandbox at a time can mount; scale it to 0 or 1");

    public static OperationError BadMemory(string text) => new(ErrorKind.Invalid, "bad-memory", $"\"{text}\" is no size of memory from 6M to 1T; write it like 256M or 2G");

    public static OperationError BadCpu(double cpu) => new(ErrorKind.Invalid, "bad-cpu", $"{cpu} is no number of CPU cores from 0.01 to 256; write it like 0.5 or 2");

    public static OperationError LimitsNeedOneService() => new(ErrorKind.Invalid, "limits-need-one-service", "memory and CPU limits are set for one service at a time; name exactly one");

    public static OperationError SandboxNotFound(string id) => new(ErrorKind.NotFound, "sandbox-not-found", $"there is no sandbox \"{id}\"; `berth sandbox list` shows those that run");

    public static OperationError SandboxNotRunning(string id) => new(ErrorKind.Conflict, "sandbox-not-running", $"sandbox \"{id}\" is not running");

    public static OperationError ServiceNotRunning(string app, string service) => new(ErrorKind.Conflict, "service-not-running",
        $"service \"{service}\" of app \"{app}\" has no running sandbox: it is asleep, stopped or crashed; `berth ps -a {app}` shows which, `berth scale {service}=1 -a {app}` starts one");

    public static OperationError PortRefused(string app, string service, int port) => new(ErrorKind.Conflict, "port-refused",
        $"nothing takes connections on port {port} of service \"{service}\" of app \"{app}\"; a program there must listen on 0.0.0.0, not on 127.0.0.1: `berth logs -a {app} --service {service}` shows what it printed");

    public static OperationError TooManyForwards(int limit) => new(ErrorKind.Conflict, "too-many-forwards", $"{limit} forwarded connections are open, which is the limit; close some of them and try again");

    public static OperationError BadPort(int port) => new(ErrorKind.Invalid, "bad-port", $"{port} is no port; use 1 to 65535");

    public static OperationError SandboxNotMeasured(string id) =>
        new(ErrorKind.NotFound, "sandbox-not-measured", $"nothing was measured of a sandbox \"{id}\": it has ended, was never there, or runs on another machine; `berth sandbox metrics` shows all that are");

    public static OperationError BadEnvKey(string key) =>
        new(ErrorKind.Invalid, "bad-env-key", $"\"{key}\" cannot name a variable; a name is not empty and has neither = nor NUL in it, at most 256 characters");

    public static OperationError BadEnvValue(string key) => new(ErrorKind.Invalid, "bad-env-value", $"the value of {key} is missing or has a NUL character in it, which no process environment can hold");

    public static OperationError EnvTooLarge(string key) => new(ErrorKind.Invalid, "env-too-large", $"{key} and its value have more than 128 KiB, which Linux passes to no process");

    public static OperationError EnvNotSet(string key) => new(ErrorKind.NotFound, "env-not-set", $"{key} is not set by `berth env set`, so it cannot be unset; variables of a file are removed there");

    public static OperationError BadHost(string host) =>
        new(ErrorKind.Invalid, "bad-host", $"\"{host}\" is no host name; write it like shop.example.com, *.example.com or shop.example.com/api, without scheme and port");

    /// <summary>Which app that is, is for those to see who may see it.</summary>
    public static OperationError HostTaken(string host) => new(ErrorKind.Conflict, "host-taken", $"{host} leads to another app already; remove that route first (`berth route list`)");

    public static OperationError RouteNotFound(string host) => new(ErrorKind.NotFound, "route-not-found", $"there is no route for {host}; `berth route list` shows those that are");

    public static OperationError StandardRoute(string host) => new(ErrorKind.Conflict, "standard-route", $"{host} is an app's own route, which stays as long as the app");

    public static OperationError BadRouteTimeout(TimeSpan timeout, TimeSpan longest) =>
        new(ErrorKind.Invalid, "bad-timeout", $"{timeout.TotalSeconds} s is no time limit for a route; it may be 0 (the router's own) to {longest.TotalSeconds:0} s");

    public static OperationError BadUser(string user) => new(ErrorKind.Invalid, "bad-user", $"\"{user}\" cannot be a user: a name has no colon and no control characters, and at most 256 characters");

    public static OperationError BadPassword(int limit) => new(ErrorKind.Invalid, "bad-password", $"the password is empty, longer than {limit} characters, or has control characters in it");

    public static OperationError BadNetwork(string text) =>
        new(ErrorKind.Invalid, "bad-network", $"\"{text}\" is no network; write an address like 192.0.2.7, or a network like 10.1.0.0/16 or 2001:db8::/32");

    public static OperationError TooManyNetworks(int limit) => new(ErrorKind.Invalid, "too-many-networks", $"more than {limit} networks were given; name larger ones");

    public static OperationError BadShare(int percent) => new(ErrorKind.Invalid, "bad-share", $"{percent} % is no share; it may be 1 to 99, or 0 for none");

    public static OperationError ShareOfActive(string app, string release) => new(ErrorKind.Conflict, "share-of-active", $"{release} is the active release of app \"{app}\", which gets the requests already; name another one");

    public static OperationError ShareWithoutWeb(string release) => new(ErrorKind.Conflict, "share-without-web", $"release {release} has no service that takes HTTP (web or cmd); name another one");

    public static OperationError ShareOfLonely(string service) =>
        new(ErrorKind.Conflict, "share-of-lonely", $"service {service} cannot run in two releases at once, because it has a disk or overlap = false; a share is for services that can");

    public static OperationError BadRetryAfter(TimeSpan retryAfter) => new(ErrorKind.Invalid, "bad-retry-after", $"{retryAfter.TotalSeconds} s is nothing to wait; it may be 1 s to 30 days");

    public static OperationError NoHttps() => new(ErrorKind.Conflict, "no-https", "berthd takes no TLS; start it with --https ADDRESS:PORT, then give the host a certificate by `berth cert add`");

    public static OperationError BadCertificateHost(string host) => new(ErrorKind.Invalid, "bad-host", $"\"{host}\" is no host name; a certificate is for a host like shop.example.com or *.example.com");

    public static OperationError BadCertificate(string host, string why) =>
        new(ErrorKind.Invalid, "bad-certificate", $"the certificate for {host} cannot be used: {why}; give PEM files, the host's own certificate first, and the key that belongs to it");

    public static OperationError EncryptedKey(string host) => new(ErrorKind.Invalid, "encrypted-key", $"the key for {host} has a password; give it without one: `openssl pkey -in KEY -out PLAIN`");

    public static OperationError CertificateForOthers(string host) => new(ErrorKind.Invalid, "certificate-for-others", $"the certificate does not name {host}; browsers would refuse it there");

    public static OperationError CertificateExpired(string host, DateTimeOffset at) => new(ErrorKind.Invalid, "certificate-expired", $"the certificate for {host} ended on {at:yyyy-MM-dd}; give a newer one");

    public static OperationError NotAutomatic(string host) =>
        new(ErrorKind.Invalid, "not-automatic", $"\"{host}\" can have no automatic certificate; it is for one whole host that others can reach, like shop.example.com (`berth cert add` takes any other)");

    public static OperationError CertificateNotFound(string host) => new(ErrorKind.NotFound, "certificate-not-found", $"there is no certificate for {host}; `berth cert list` shows those that are");

    public static OperationError BadWatch(string text, TimeSpan longest) => new(ErrorKind.Invalid, "bad-watch", $"\"{text}\" is no time to watch a release; write a duration up to {longest.TotalMinutes:0}m, for example 60s or 5m");

    public static OperationError CronNotFound(string app, string cron) => new(ErrorKind.NotFound, "cron-not-found", $"app \"{app}\" has no cron \"{cron}\"; `berth cron list` shows those it has");
    public static OperationError BadDrainUrl(string text, string problem) =>
        new(ErrorKind.Invalid, "bad-drain-url", $"\"{text}\" cannot take logs: {problem}; write it like syslog+tls://logs.example.com:6514, syslog://10.0.0.5:514 or https://logs.example.com/in");

    public static OperationError DrainExists(string app, string url) => new(ErrorKind.Conflict, "drain-exists", $"the logs of app \"{app}\" are sent to {url} already");

    public static OperationError TooManyDrains(string app, int limit) => new(ErrorKind.Conflict, "too-many-drains", $"app \"{app}\" has {limit} log drains already; remove one, or let one receiver pass the lines on");

    public static OperationError DrainNotFound(string id) => new(ErrorKind.NotFound, "drain-not-found", $"there is no log drain \"{id}\"; `berth drain list` shows those that are");

    public static OperationError CronRuns(string cron) => new(ErrorKind.Conflict, "cron-runs", $"cron \"{cron}\" still runs, and overlap = true is not set for it; wait for it to end");

    public static OperationError CrashNotFound(string sandbox) => new(ErrorKind.NotFound, "crash-not-found", $"no crash of a sandbox \"{sandbox}\" is kept; `berth crashes` shows those that are");

    public static OperationError TokenNotFound(string id) => new(ErrorKind.NotFound, "token-not-found", $"there is no token \"{id}\"; `berth token list` shows those that are");

    public static OperationError BadTokenName(int limit) => new(ErrorKind.Invalid, "bad-token-name", $"a token needs a name of 1 to {limit} characters, so that it can be told from others");

    public static OperationError BadRole(string role) => new(ErrorKind.Invalid, "bad-role", $"\"{role}\" is no role; a token is for an admin, a deployer or a viewer");

    public static OperationError DeployerWithoutApps() => new(ErrorKind.Invalid, "deployer-without-apps", "a deployer's token is for apps by name; name at least one (--app NAME)");

    public static OperationError AdminWithApps() => new(ErrorKind.Invalid, "admin-with-apps", "an admin's token is for all apps; leave the apps out, or make it a deployer's");

    public static OperationError TooManyApps(int limit) => new(ErrorKind.Invalid, "too-many-apps", $"more than {limit} apps were named; make several tokens");

    public static OperationError BadImage(string reference) => new(ErrorKind.Invalid, "bad-image", $"\"{reference}\" is no image reference; write it like postgres:16 or registry.example.com/team/app:v1");
}
