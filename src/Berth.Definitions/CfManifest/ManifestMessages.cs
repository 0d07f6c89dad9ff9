using System.Globalization;
using Berth.Definitions.AppToml;
using static Berth.Definitions.SourceText;

namespace Berth.Definitions.CfManifest;

/// <summary>Every message about Cloud Foundry manifests, and its code. <c>where</c> names the application, and the process if it is about one.</summary>
internal static class ManifestMessages
{
    // Which manifest, which application

    public static Problem AndAppToml(string manifest, string appToml) => new(
        "manifest-and-app-toml", $"both {appToml} and {manifest} are there, and they define the same things",
        $"keep one of them, or choose one: berth deploy -f {manifest}");

    public static Problem TwoManifests(string used, string other) => new(
        "two-manifests", $"both {used} and {other} are there; {other} is not read", "delete one of them, or choose it by -f");

    public static Problem NoSuchApplication(string name, IEnumerable<string> known) => new(
        "manifest-no-such-application", $"no application is named \"{Shown(name)}\"", $"it defines {Listed(known)}");

    public static Problem SeveralApplications(IEnumerable<string> known) => new(
        "manifest-several-applications", $"several applications are defined: {Listed(known)}", "say which one is meant: -a NAME");

    // The file

    public static Problem NotAMapping(string kind) => new("manifest-wrong-type", $"a manifest is a mapping, not {kind}", "begin it with \"applications:\" and a list below");

    public static Problem NoApplications() => new("manifest-no-applications", "the manifest has no applications", "write \"applications:\" and below it \"- name: my-app\"");

    public static Problem BadVersion(string found) => new("manifest-version", $"version {Shown(found)} of the manifest's schema is not known", "write version: 1, or leave it out");

    public static Problem TopLevelKey(string key, bool isOfApplications) => new(
        "unknown-key", $"\"{Shown(key)}\" at the top of a manifest is not read", isOfApplications
            ? "write it into each application; for all of them at once, give a mapping an anchor (&name) and take it in by <<: *name"
            : "known here are version and applications; a mapping with an anchor (&name) may stand here too");

    public static Problem NameTwice(string name, int line) => new(
        "manifest-name", $"two applications are named \"{Shown(name)}\"; the first on line {line}", "give one of them another name, or delete it");

    public static Problem NoName(string where) => new("manifest-name", $"{where} has no name", "write name: my-app, or give it by -a NAME if it is the only one");

    public static Problem BadName(string where, string problem, string suggestion) => new("bad-app-name", $"{where}: {problem}", $"write name: {suggestion}");

    // Variables

    public static Problem VariablesAreNoMapping(string kind) => new("manifest-variables", $"a file of variables is a mapping, not {kind}", "write name: value, one a line");

    public static Problem BadVariablePair(string pair) => new("manifest-variables", $"--var \"{Shown(pair)}\" is not NAME=VALUE", "write --var name=value");

    public static Problem VariableMissing(string name) => new(
        "manifest-variable-missing", $"the variable (({Shown(name)})) has no value", $"pass --var {Shown(name)}=VALUE, or a file by --vars-file FILE that has it");

    public static Problem VariableInText(string name, string kind) => new(
        "manifest-variable-type", $"(({Shown(name)})) is {kind} and stands inside a longer text", "only texts and whole numbers can stand there; put the value between quotes");

    public static Problem VariableInKey(string key, string kind) => new("manifest-variable-type", $"the key {Shown(key)} becomes {kind}", "give it a text");

    public static Problem VariablesTooLarge() => new("manifest-variables-too-large", "with its variables filled in, the manifest is too large", "put fewer or shorter values into it");

    // Keys and values

    public static Problem UnknownKey(string where, string key, IReadOnlyList<string> known) => new(
        "unknown-key", $"{where}: unknown key \"{Shown(key)}\"",
        NearestName.Of(key, known) is { } nearest ? $"did you mean \"{nearest}\"?" : $"known here are {string.Join(", ", known)}");

    public static Problem SpelledTwice(string where, string key, string other, int line) => new(
        "manifest-key-twice", $"{where}: \"{Shown(key)}\" and \"{Shown(other)}\" (line {line}) are the same key", "keep one of them");

    public static Problem NotCarriedOut(string where, string key, Refusal refusal) => new("not-carried-out", $"{where}: \"{key}\" {refusal.Reason}", refusal.Instead);

    public static Problem WithoutEffect(string where, string key, Refusal reason) => new("without-effect", $"{where}: \"{key}\" {reason.Reason}", reason.Instead);

    public static Problem WrongType(string where, string key, string expected, string found) => new(
        "manifest-wrong-type", $"{where}: \"{key}\" must be {expected}, not {found}", expected switch
        {
            "true or false" => $"write {key}: true or {key}: false, without quotes",
            "a text" => $"write {key}: \"…\", with the quotes if it looks like a number",
            "a list of texts" or "a list of service instances" => $"write {key}: and below it one \"- name\" a line",
            "a list of mappings" => $"write {key}: and below it \"- key: value\"",
            "a whole number" => $"write {key}: 1, without quotes",
            _ => $"write {key}: and below it \"name: value\"",
        });

    public static Problem Length(string where, string key, int most) => new("manifest-length", $"{where}: \"{key}\" must have 1 to {most} characters", "write it, or delete the key");

    public static Problem NulInValue(string where, string key) => new("nul-in-value", $"{where}: \"{key}\" holds the character U+0000, which cannot be passed to a program", "delete it");

    public static Problem OutOfRange(string where, string key, long value, long least, long most) => new(
        "manifest-out-of-range", $"{where}: \"{key}\" is {value}", $"write a whole number from {least} to {most}");

    public static Problem BadChoice(string where, string key, string value, params string[] choices) => new(
        "manifest-choice", $"{where}: \"{key}\" is \"{Shown(value)}\"", $"write {string.Join(" or ", choices)}");

    public static Problem SizeIsNoNumber(string where, string key, string value) => new(
        "manifest-size", $"{where}: \"{key}\" is \"{Shown(value)}\", which is no size", "write a number with a unit: 512M, 1G");

    public static Problem SizeUnit(string where, string key, string value) => new(
        "manifest-size-unit", $"{where}: \"{key}\" is \"{Shown(value)}\", which has no unit that is known", "write a number with one of B, K, KB, M, MB, G, GB, T, TB: 512M, 1G");

    public static Problem SizeRange(string where, string key, string value, string least, string most) => new(
        "manifest-size-range", $"{where}: \"{key}\" is \"{Shown(value)}\"", $"write a size from {least} to {most}");

    public static Problem Together(string where, string one, string other, string hint) => new("manifest-conflict", $"{where}: \"{one}\" and \"{other}\" cannot stand together", hint);

    // Processes

    public static Problem NoType(string where, int index) => new(
        "manifest-process-type", $"{where}: process {index.ToString(CultureInfo.InvariantCulture)} has no type", "write type: web, or type: and the name of another process");

    public static Problem BadType(string where, string problem) => new("manifest-process-type", $"{where}: {problem}", "give the process another type");

    public static Problem ReleaseIsNoProcess(string where) => new(
        "manifest-process-type", $"{where}: \"release\" is the release phase, which runs once in each deployment, and no process",
        "write it into the Procfile (\"release: command\"), or give the process another type");

    public static Problem WebInOtherCase(string where, string type) => new("manifest-process-type", $"{where}: process \"{type}\" differs from \"web\" only in upper and lower case", "write type: web");

    public static Problem TypeTwice(string where, string type, string first, int line) => new(
        "manifest-process-type", $"{where}: process \"{Shown(type)}\" is there twice; the first time, as \"{Shown(first)}\", on line {line}", "put its keys together in one entry");

    public static Problem ShadowedWebKey(string where, string key) => new(
        "without-effect", $"{where}: \"{key}\" has no effect, because processes has an entry of type web", "write it into that entry, or delete it");

    public static Problem BadHealthPath(string where, string key, string path) => new(
        "manifest-health-path", $"{where}: \"{key}\" is \"{Shown(path)}\"", "write the path of a URL: it begins with / and has no blanks");

    public static Problem HealthPathWithoutHttp(string where, string key, string typeKey) => new(
        "manifest-health-path-without-http", $"{where}: \"{key}\" has a meaning only with {typeKey}: http", $"write {typeKey}: http, or delete the path");

    // Variables of the environment

    public static Problem BadEnvKey(string where, string key) => new("manifest-env-key", $"{where}: \"{Shown(key)}\" cannot name a variable", "write a name that is not empty and has no = in it");

    public static Problem ReservedEnvKey(string where, string key, string reserved) => new(
        "manifest-env-key", $"{where}: the variable \"{Shown(key)}\" is set by the platform: {reserved} cannot be set", "delete it, or choose another name");

    public static Problem EnvIsNoText(string where, string key, string kind) => new(
        "manifest-env-value", $"{where}: the variable \"{Shown(key)}\" is {kind}; a variable is a text", "put the whole value between quotes");

    public static Problem EnvTextChanged(string where, string key, string written, string value) => new(
        "manifest-env-value-read", $"{where}: the variable \"{Shown(key)}\" becomes \"{Shown(value)}\": that is how YAML reads {Shown(written)}", $"put it between quotes if \"{Shown(written)}\" is meant");

    // Build and image

    public static Problem UnknownBuildpack(string where, string buildpack) => new(
        "not-carried-out", $"{where}: the buildpack \"{Shown(buildpack)}\" is not known; Berth builds by stacks of its own", "delete the key to have the stack detected, or write a Dockerfile and delete the key");

    public static Problem SeveralBuildpacks(string where) => new(
        "not-carried-out", $"{where}: several buildpacks are asked for; Berth builds with one stack", "keep the one that starts the app, or write a Dockerfile and delete the key");

    public static Problem WindowsStack(string where, string stack) => new("not-carried-out", $"{where}: the stack \"{Shown(stack)}\" is not Linux; Berth runs Linux images", "delete the key if the app runs on Linux too");

    public static Problem NoDockerImage(string where) => new("manifest-docker", $"{where}: \"docker\" has no image", "write docker: and below it image: NAME");

    public static Problem BadDockerImage(string where, string image) => new("manifest-docker", $"{where}: the image \"{Shown(image)}\" is none", "write it as docker run takes it: postgres:16");

    public static Problem PathOutside(string where, string path) => new(
        "path-outside", $"{where}: \"path\" is \"{Shown(path)}\", which leads out of what was sent", "write a relative path below the manifest's folder, with forward slashes; or deploy by \"berth deploy\", which sends any folder");

    // Routes

    public static Problem BadRoute(string where, string route) => new(
        "manifest-route", $"{where}: the route \"{Shown(route)}\" is no address", "write a host with a point in it: shop.example.com");

    public static Problem RoutePath(string where, string route) => new(
        "manifest-route", $"{where}: the path of the route \"{Shown(route)}\" has empty segments, segments of dots, or characters that have to be encoded", "write it like shop.example.com/api");

    public static Problem TcpRoute(string where, string route) => new(
        "not-carried-out", $"{where}: the route \"{Shown(route)}\" is for TCP; the router of Berth takes HTTP", "delete it, and reach the service by its name from within the app");

    public static Problem InternalRoute(string where, string route) => new(
        "not-carried-out", $"{where}: the route \"{Shown(route)}\" is internal; apps of Berth do not reach each other's networks", "delete it, and make the two apps processes of one, which reach each other by name");

    public static Problem RouteOption(string where, string route, string key) => new(
        "manifest-route-option", $"{where}: the route \"{Shown(route)}\" has an unknown option \"{Shown(key)}\"", "the one option is loadbalancing");

    // Sidecars

    public static Problem SidecarOfNoProcess(string where, string sidecar, string type, IEnumerable<string> known) => new(
        "manifest-sidecar-process", $"{where}: sidecar \"{Shown(sidecar)}\" is to run beside the process \"{Shown(type)}\", which there is not",
        $"name one of {Listed(known)}, or delete it from process_types");

    public static Problem Sidecar(string where, string what) => new("manifest-sidecar", $"{where}: {what}", "a sidecar has name, command, process_types and, if wanted, memory");

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(Shown));
}
