namespace Berth.Cli;

/// <summary>What the command line itself tells people; what the server says comes from the server.</summary>
internal static class CliMessages
{
    public const string NotConfirmed = "not confirmed; nothing was changed";
    public const string NothingToScale = "say what to scale, for example \"berth scale web=3\" or \"berth scale --process web -i 3\"";
    public const string NothingToSet = "say what to set, for example \"berth env set GREETING=hello\"";
    public const string NoVariable = "this line is no variable";
    public const string NothingToUnset = "say what to unset, for example \"berth env unset GREETING\"";
    public const string FileTakesNoApp = "--file changes the app.toml of this folder and asks no server; it takes neither --app nor --format";
    public const string ProcfileNeedsImage = "--procfile goes with --image; a folder's own Procfile is read from the folder";
    public const string ManifestAndImage = "give a file by -f or --image, not both; a manifest names an image by docker: image:";
    public const string RandomRouteAndImage = "--random-route goes with a source or a manifest, not with --image";
    public const string FolderAndImage = "give a folder or --image, not both";
    public const string NoToken = "a token is needed; pass --token, set BERTH_TOKEN, or type it when asked";
    public const string CommandMissing = "say what to run, for example \"berth sandbox exec ID -- ls -l\"";
    public const string CommandTwice = "give the command by -c or after --, not both";
    public const string DetachedBeforeStart = "stopped before the server had the whole source; nothing was changed";
    public const string WaitingToSettle = "waiting until all of it runs";
    public const string NoUrl = "the app has no address: none of its services takes HTTP";
    public const string OneServiceForSize = "-m and --cpu are for one service at a time";
    public const string BothScaleForms = "use one form: \"berth scale web=3\" or \"berth scale APP --process web -i 3\"";
    public const string ProcessMissing = "-i, -m and --cpu go with --process, for example \"berth scale --process web -i 3\"";

    public const string SecretInFile = "--secret and --file exclude each other: a file of the source is no place for secrets";

    public static string ValueNotShown(string key) => $"the value of {key} is a secret, or not for the token in use, and is left out";

    public static string CronNotStarted(string name, string problem) => $"{name} could not be started: {problem}";

    public static string ShortSecret(string key, int least) => $"{key} has fewer than {least} characters: it is hidden, but not blotted out of logs, where it would be found everywhere";
    public const string WatchAndGraph = "--watch goes on and --graph is drawn once: give one of them";

    public static string NothingMeasured(string app) => $"nothing was measured of app \"{app}\" in the last hour; \"berth ps -a {app}\" shows what runs";

    public static string NeedsYes(string question) => $"{question}: this is not a terminal that could be asked; pass --yes to confirm";

    public static string UnknownCommand(string name, string? nearest) =>
        $"unknown command \"{name}\"; " + (nearest is null ? "\"berth --help\" lists all" : $"did you mean \"{nearest}\"?");

    public static string UnknownOption(string command, string option, string? nearest) =>
        $"{command} has no option {option}; " + (nearest is null ? $"\"{command} --help\" lists all" : $"did you mean {nearest}?");

    public static string UnexpectedArgument(string command, string argument) => $"{command} does not take \"{argument}\"; see \"{command} --help\"";

    public static string SubcommandMissing(string command, IEnumerable<string> subcommands) =>
        $"say what to do: {string.Join(", ", subcommands.Select(s => $"\"{command} {s}\""))}";

    public static string BadArguments(string command, string problem) => $"{problem.TrimEnd('.')}; see \"{command} --help\"";

    public static string NothingAfterDashes(string command) => $"{command} takes nothing after --";

    /// <param name="service">The option that names a service; null where the command has none.</param>
    public static string TwoApps(string option, string argument, string? service) =>
        $"two apps are named, \"{option}\" by --app and \"{argument}\"; name one{(service is null ? "" : $", or the service by {service} {argument}")}";

    public static string BadUrl(string text, string origin) =>
        $"{origin}: \"{text}\" is no server address; write it with http:// or https://, for example http://127.0.0.1:7070";

    public static string UrlWithMore(string origin) => $"{origin}: a server address holds no user, query or fragment; pass a token by --token or BERTH_TOKEN";

    public static string BadLoginFile(string path, string reason) => $"{path} cannot be read: {reason}; delete it and log in again with \"berth login URL\"";

    public static string CannotWriteLoginFile(string path, string reason) => $"{path} cannot be written: {reason}; set XDG_CONFIG_HOME to a folder of yours";

    public static string BadFormat(string text) => $"--format \"{text}\" is not known; use table or json";

    public static string BadCount(string what, string text, int least, int most) =>
        $"{what} \"{text}\" is no whole number from {least} to {most}";

    public static string BadScale(string text) =>
        $"\"{text}\" is not SERVICE=COUNT; use a count (web=3), web=auto, web=auto:1-20 or web=default";

    public static string BadRange(string text) => $"\"{text}\": the smaller number comes first, for example auto:1-20";

    public static string ServiceTwice(string service) => $"service \"{service}\" is named twice";

    public static string BadMemory(string text) => $"memory \"{text}\" is no size of at least 6M; write for example 256M or 1G";

    public static string BadCpu(string text) => $"--cpu \"{text}\" is no number of cores above 0 up to 1024; write for example 0.5";

    public const string NothingToAllow = "name the networks that may come in, for example 10.0.0.0/8, or say --everyone";

    public const string NoPassword = "a password is needed; type it when asked, or pipe it in";

    public static string BadShare(string text) => $"\"{text}\" is no share of another release; write it like v5=10% (1 to 99), or --none";

    public const string ShareMissing = "say which release gets how much, for example v5=10%, or --none";

    public static string BadSwitch(string text) => $"\"{text}\" is neither on nor off";

    public static string BadDuration(string what, string text) => $"{what} \"{text}\" is no length of time; write for example 30s, 5m, 1h30m or 2d (10 years at most)";

    public static string NotInDotEnv(string key) => $"variable {key} is left out: a .env file can only hold names of letters, digits and underscores";

    public static string BadDotEnv(string path) => $"{path} has lines that are no variables; nothing was set";

    public static string NoVariables(string path) => $"{path} has no variables in it";

    public static string NotUtf8(string path) => $"{path} is no UTF-8 text; a variable holds text only: encode it, for example by base64";

    public static string BadVariable(string text) => $"\"{text}\" is not KEY=VALUE; write for example GREETING=hello (quote it where it holds blanks)";

    public static string BadKey(string key) => $"\"{key}\" cannot name a variable; use letters, digits and underscores, beginning with no digit";

    public static string VariableTwice(string key) => $"variable \"{key}\" is given twice";

    public static string BadAppFiles(string source) => $"the app.toml in {source} has errors; nothing was sent";

    public static string BadManifest(string file) => $"{file} has errors; nothing was sent";

    public static string NoSuchApplication(string manifest, string app, IEnumerable<string> known) => $"{manifest} defines no application \"{app}\"; it defines {string.Join(", ", known)}";

    public static string WhichApplication(string manifest, IEnumerable<string> known) => $"{manifest} defines several applications; say which is meant by -a: {string.Join(", ", known)}";

    public static string NoNameInManifest(string manifest) => $"the name of the app cannot be read from {manifest}; say which is meant by -a";

    public static string NoApplicationFolder(string app, string path, bool isFile) => isFile
        ? $"the path of application \"{app}\", {path}, is a file; Berth builds folders: give the folder with the source, or a Dockerfile that copies the file"
        : $"the path of application \"{app}\", {path}, is no folder; paths are relative to the manifest";

    public static string NoSuchFile(string path) => $"there is no file {path}";

    public static string FileTooLarge(string path, int limit) => $"{path} has more than {limit} bytes; is it the right file?";

    public static string VariablesNeedManifest(string folder) => $"--var and --vars-file are for a manifest, and there is none in {folder}";

    public static string TooManyVariables(int limit) => $"--var and --vars-file can each be given {limit} times; put values together in one file";

    public static string NotDeployed(IEnumerable<string> apps) => $"not deployed after that: {string.Join(", ", apps)}";

    public static string NoAppToml(string folder) => $"there is no app.toml in {folder}; \"berth init\" writes a first one";

    public static string NotEdited(string path) => $"{path} was not changed";

    public static string NotInFile(string path, IEnumerable<string> keys) => $"{path} sets no {string.Join(", ", keys)}; nothing was changed";

    public static string DefinedAlready(string folder, string file) => $"{folder} has a {file}, which defines the app; nothing was written";

    public static string BadProcfile(string folder) => $"the Procfile in {folder} has errors; nothing was written";

    public static string CannotWrite(string path, string reason) => $"{path} cannot be written: {reason}";

    public static string NotPacked(string folder) => $"the source in {folder} cannot be sent; nothing was changed";

    public static string NoSuchFolder(string path) => $"{path} is no folder; give the folder that holds the app's source";

    public static string NoSuchProcfile(string path) => $"there is no Procfile at {path}; --procfile names a file on this machine";

    public static string ProcfileTooLarge(string path, int limit) => $"{path} has more than {limit} bytes; that is no Procfile";

    public static string CannotRead(string path, string reason) => $"{path} cannot be read: {reason}";

    public static string NoRunningSandbox(string app, string? service) =>
        $"app \"{app}\" has no running sandbox{(service is null ? "" : $" of service \"{service}\"")}; see \"berth ps -a {app}\" and \"berth logs -a {app}\"";

    public static string NoSuchIndex(string app, string service, int index, int count) =>
        $"service \"{service}\" of app \"{app}\" has {count} running sandbox{(count == 1 ? "" : "es")}, counted from 0; there is no {index}";

    public static string ServiceNeeded(string app, IEnumerable<string> services) =>
        $"app \"{app}\" has several services; choose one with --process: {string.Join(", ", services)}";

    public static string BadForward(string text) => $"\"{text}\" is not SERVICE:PORT; write for example postgres:5432";

    public const string ForwardMissing = "say what to reach, for example \"berth forward postgres:5432\"";

    public static string CannotListen(int port, string reason) => $"127.0.0.1:{port} cannot be listened on: {reason}; choose another port: berth forward SERVICE:PORT LOCALPORT";

    public static string NotForwarded(string problem) => $"a connection was closed: {problem}";

    public static string ServerMissing(string path) => $"there is no berthd at {path}; install it beside berth, or start berthd where it is";

    public static string CannotStart(string path, string reason) => $"{path} cannot be started: {reason}";

    public static string UnknownShell(string shell) => $"no completion for \"{shell}\"; there is one for bash, zsh and fish";

    public static string Detached(string deployment, string app) =>
        $"detached; deployment {deployment} goes on. \"berth app history -a {app}\" shows how it ends, \"berth deploy --cancel -a {app}\" stops it";

    public static string NothingToCancel(string app) => $"no deployment of app \"{app}\" is under way";

    public static string NoResult(string app) => $"the server ended its answer without a result; \"berth app history -a {app}\" shows what became of it";

    public static string NotSettled(string service, int ready, int desired) => $"service {service} does not come up: {ready} of {desired} ready; berth logs --service {service} shows what it printed";

    public static string BackupToTerminal(string disk) => $"a backup is no text for a terminal; send it to a file: berth disk backup {disk} > {disk}.tar.gz";

    public static string RestoreFromTerminal(string disk) => $"a backup is read from standard input: berth disk restore {disk} < {disk}.tar.gz";

    public const string OffOrSchedule = "--off ends the schedule: leave one of the two out";

    public static string ScheduleNeeded(string disk) => $"say when as well: berth disk schedule {disk} \"0 3 * * *\" …";

    public static string NoDisk(string disk) => $"there is no disk \"{disk}\"; \"berth disk list\" shows those that are";

    public static string NotProven(string backup, string problem) => $"{backup} is NOT proven: {problem}";

    public const string ExplainOrScale = "--explain only shows: leave it out to scale, or leave the counts out";

    public static string NoRepository(string folder) => $"{folder} is in no git repository; make one with \"git init\"";

    public static string RemoteSet(string remote, string url) => $"remote {remote} leads to {url}: \"git push {remote} main\" deploys";

    public static string OtherRemote(string remote, string present, string app) => $"remote {remote} leads to {present} and was left so; \"berth git remote -a {app}\" changes it";

    public static string RemoteNotSet(IEnumerable<string> step) => $"git refused \"git {string.Join(' ', step)}\"; run it to see why";

    public static string NotCompared(string reason) => $"not compared with what runs: {reason}";

    public static string LastDeploymentFailed(string app, string? release, string ago, string? error) =>
        $"the last deployment, {ago}: {error}; deploy again{(release is null ? $", or remove the app: berth app delete {app}" : $" ({release} serves on)")}";
}
