using Berth.Definitions.AppToml;
using Berth.Definitions.Toml;
using Berth.Model;
using static Berth.Definitions.SourceText;

namespace Berth.Definitions;

/// <summary>Every message about definition files. Codes are stable: tests and programs tell problems apart by them, never by the text.</summary>
internal static class DefinitionMessages
{
    // Any file

    public static Problem FileTooLarge(string name, int bytes, int limit) => new(
        "file-too-large", $"{name} has {bytes} bytes; definition files may have {limit}",
        "is it the right file? A definition is a few lines of text");

    public static Problem Utf16(string name) => new(
        "not-utf8", $"{name} is UTF-16 text", "save it as UTF-8");

    public static Problem NotUtf8(byte found) => new(
        "not-utf8", $"byte 0x{found:X2} is not valid UTF-8 here", "save the file as UTF-8");

    public static Problem MoreProblems(int count, bool atLeast) => new(
        "more-problems", $"{count} {(atLeast ? "or more" : "more")} problems in this file are not shown", "put these right first");

    public static Problem TooManyServices(int limit) => new(
        "too-many-services", $"this file defines more than {limit} services", "is it the right file? Divide what it runs into several apps");

    // Where definitions come from

    public static Problem TwoAppTomls(string first, string second) => new(
        "two-app-tomls", $"both {first} and {second} are there, and they define the same things", "keep one of them");

    public static Problem NoService() => new(
        "no-service", "this app defines no service", "add a Procfile, an app.toml, a manifest.yml, or give the image a CMD");

    public static Problem ServiceNamesClash(string name, string other, string otherPlace) => new(
        "service-names-clash", $"service \"{name}\" and service \"{other}\" ({otherPlace}) differ only in upper and lower case; as DNS names they are the same",
        "write the name in the same way in both places, or choose another");

    // Commands and images

    public static Problem ImageWithoutCommand(string service) => new(
        "service-without-command", $"service \"{service}\" has no command, and its image has neither a CMD nor an ENTRYPOINT",
        $"give it a command, in the Procfile (\"{service}: …\") or in app.toml");

    public static Problem UnsplittableCommand(string service, string reason) => new(
        "command-not-splittable", $"the command of service \"{service}\" goes to the image's ENTRYPOINT as separate words, but it cannot be split: {reason}",
        "close the quote, or put a backslash before it");

    public static Problem SidecarWithoutCommand(string service, string sidecar) => new(
        "sidecar-without-command", $"sidecar \"{Shown(sidecar)}\" of service \"{service}\" has no command, and its image has neither a CMD nor an ENTRYPOINT", "give it a command");

    public static Problem UnsplittableSidecar(string service, string sidecar, string reason) => new(
        "command-not-splittable", $"the command of sidecar \"{Shown(sidecar)}\" of service \"{service}\" goes to the image's ENTRYPOINT as separate words, but it cannot be split: {reason}",
        "close the quote, or put a backslash before it");

    // Procfile

    public static Problem ProcfileBadLine() => new(
        "procfile-bad-line", "this line is no entry", "write \"name: command\", or begin the line with # to make it a comment");

    public static Problem ProcfileMergeConflict() => new(
        "procfile-bad-line", "this is the mark of a merge conflict", "choose one of the two sides and delete the marks");

    public static Problem ProcfileSlashComment() => new(
        "procfile-bad-line", "// begins no comment in a Procfile", "begin the line with #");

    public static Problem ProcfileBadName(string problem) => new(
        "procfile-bad-name", problem, "write \"name: command\" with a name of 1 to 63 letters, digits, dashes and underscores");

    public static Problem ProcfileIndented(string name) => new(
        "procfile-indented", $"the entry \"{name}\" is indented; platforms do not agree whether such a line counts", "delete the blanks before it");

    public static Problem ProcfileBlankBeforeColon(string name) => new(
        "procfile-blank-before-colon", $"a blank stands between \"{name}\" and its colon; platforms do not agree whether such a line counts",
        $"write \"{name}: command\"");

    public static Problem ProcfileEmptyCommand(string name) => new(
        "procfile-empty-command", $"\"{name}\" has no command", "write the command behind the colon, or delete the line");

    public static Problem ProcfileDuplicate(string name, string first, int firstLine) => new(
        "procfile-duplicate", name == first
            ? $"\"{name}\" is declared twice; the first time on line {firstLine}"
            : $"\"{name}\" and \"{first}\" (line {firstLine}) differ only in upper and lower case; as DNS names they are the same",
        "delete one of the two, or give it another name");

    public static Problem ProcfileControlCharacter(char found) => new(
        "procfile-control-character", $"the command holds the control character U+{(int)found:X4}", "delete it");

    public static Problem ProcfileNoBlank(string name, string command) => new(
        "procfile-no-blank", $"no blank stands behind the colon of \"{name}\"; some platforms overlook such a line", $"write \"{name}: {Shown(command)}\"");

    public static Problem ProcfileTwoColons(string name, string command) => new(
        "procfile-two-colons", $"the command of \"{name}\" begins with a colon", $"write \"{name}: {Shown(command.TrimStart(':', ' '))}\"");

    public static Problem ProcfileQuotedCommand(char quote) => new(
        "procfile-quoted-command", $"the whole command stands between {quote}: the shell takes it for the name of one program, while platforms that read YAML drop the quotes",
        "delete the quotes");

    public static Problem ProcfileBackslash() => new(
        "procfile-backslash", "a backslash at a line's end does not join it with the next line", "write the whole command on one line");

    public static Problem ProcfileInlineComment(string mark) => new(
        "procfile-inline-comment", $"{mark} and what follows are part of the command; other platforms cut the line off here",
        mark == "#" ? "put a comment on a line of its own" : "put a comment on a line of its own, and begin it with #");

    public static Problem ProcfileNoService(string name, bool onlyRelease) => new(
        "procfile-no-service", onlyRelease
            ? $"{name} declares no service: \"release\" is the release phase, which runs once in each deployment"
            : $"{name} declares no service",
        "add a line like \"web: command\", or remove the file");

    // app.toml

    public static Problem UnknownKey(string key, string path, string? nearest, IReadOnlyList<string> known) => new(
        "unknown-key", $"unknown key \"{Shown(key)}\" {(path.Length == 0 ? "in app.toml" : $"in {path}")}",
        nearest is null ? $"known here are {string.Join(", ", known)}" : $"did you mean \"{nearest}\"?");

    public static Problem RefusedKey(string key, Refusal refusal) => new("not-carried-out", $"\"{key}\" {refusal.Reason}", refusal.Instead);

    public static Problem WrongType(string key, string expected, string found) => new(
        "wrong-type", $"\"{key}\" must be {expected}, not {found}", expected switch
        {
            "a string" => $"write {Last(key)} = \"…\"",
            "an integer" or "a number" => $"write {Last(key)} = 5, without quotes",
            "true or false" => $"write {Last(key)} = true or {Last(key)} = false, without quotes",
            "a duration in quotes" => $"write {Last(key)} = \"30s\", \"15m\" or \"1h30m\"",
            "a size in quotes" => $"write {Last(key)} = \"512M\" or \"2G\"",
            "an array of strings" => $"write {Last(key)} = [\"…\", \"…\"]",
            "an array of tables" => $"write [[{key}]], and the keys of one in the lines below it",
            _ => $"write [{key}], and its keys in the lines below it",
        });

    public static Problem MissingKey(string path, string key, string example) => new(
        "missing-key", $"{path} has no \"{key}\"", $"write {example}");

    public static Problem OutOfRange(string key, string value, string least, string most) => new(
        "out-of-range", $"\"{key}\" is {value}", $"write a value from {least} to {most}");

    public static Problem BadDuration(string key, string value) => new(
        "bad-duration", $"\"{key}\" is \"{Shown(value)}\", which is no duration", "write a number with a unit: \"500ms\", \"30s\", \"15m\", \"1h30m\"");

    public static Problem BadSize(string key, string value) => new(
        "bad-size", $"\"{key}\" is \"{Shown(value)}\", which is no size", "write a number with a unit: \"512M\", \"2G\"");

    public static Problem BadChoice(string key, string value, IReadOnlyList<string> choices) => new(
        "bad-choice", $"\"{key}\" is \"{Shown(value)}\"", $"write {string.Join(" or ", choices.Select(choice => $"\"{choice}\""))}");

    public static Problem BlankValue(string key) => new(
        "blank-value", $"\"{key}\" is blank", "write a value, or delete it");

    public static Problem NulInValue(string key) => new(
        "nul-in-value", $"\"{key}\" holds the character U+0000, which cannot be passed to a program", "delete it");

    public static Problem BadAppName(string problem, string suggestion) => new("bad-app-name", problem, $"write name = \"{suggestion}\"");

    public static Problem BadServiceName(string problem) => new(
        "bad-service-name", problem, "write [services.NAME] with a name of 1 to 63 letters, digits, dashes and underscores");

    public static Problem ReleaseIsNoService() => new(
        "release-is-no-service", "\"release\" is the release phase, which runs once in each deployment, and no service",
        "write release = \"command\" at the top of the file, or give the service another name");

    public static Problem BadEnvKey(string key, string value) => new(
        "bad-env-key", value.Length == 0 ? $"\"{key}\" is empty" : $"\"{key}\" is \"{Shown(value)}\"; a variable's name has no \"=\"",
        "write key = \"NAME\" and value = \"…\"");

    public static Problem EnvWithoutValue(string key) => new(
        "env-without-value", $"variable \"{Shown(key)}\" has no value; it will be empty", "write value = \"…\", or value = \"\" if that is meant");

    public static Problem EnvTwice(string key) => new(
        "env-twice", $"variable \"{Shown(key)}\" is given twice; the later value counts", "delete one of the two");

    public static Problem EnvNotEditable() => new(
        "env-not-editable", "these variables are not written as [[env]], so that Berth cannot change one of them and leave the rest as it is",
        "write each as [[env]] with key and value in the lines below it, or change the file by hand");

    public static Problem EmptyArgs(string key) => new(
        "blank-value", $"\"{key}\" has no argument", "write at least one, or delete it to run the image's own command");

    public static Problem CommandAndArgs(string path) => new(
        "command-and-args", $"{path} has both \"command\" and \"args\"", "keep command to run it by a shell, or args to pass them to the image as they are");

    public static Problem BadImage(string key, string image) => new(
        "bad-image", $"\"{key}\" is \"{Shown(image)}\", which is no image", "write it as docker run takes it: \"postgres:16\"");

    public static Problem TimeoutTwice(string key, string other) => new(
        "timeout-twice", $"\"{key}\" and \"{other}\" mean the same", "keep one of the two");

    public static Problem PortAndPorts(string scalar, string ports) => new(
        "port-and-ports", $"\"{scalar}\" and \"{ports}\" are two ways to say the same", "keep one of the two");

    public static Problem PortTwice(string key, string value) => new(
        "port-twice", $"\"{key}\" is {value}, as in another port of this service", "choose another, or delete one of the two");

    public static Problem SecondHttpPort(string path, string first) => new(
        "second-http-port", $"{path} is a second port for HTTP, after {first}; a service gets its requests on one",
        "write type = \"tcp\": within the app all ports are reachable");

    public static Problem NoHttpPort(string path) => new(
        "no-http-port", $"{path} gets HTTP from outside, but no port of it is of type \"http\"", "write type = \"http\" at the one that gets the requests, or name the service otherwise");

    public static Problem PortTimeoutWithoutPort(string key) => new(
        "port-timeout-without-port", $"\"{key}\" has no meaning without a port", "write port = 8000, or delete it");

    public static Problem ReleaseTwice(string path, string first) => new(
        "release-twice", $"\"{path}\" runs at each deployment, as \"{first}\" does; there is one release command", "write one of them, with both commands: \"first && second\"");

    public static Problem BadSchedule(string key, string text, string problem) => new(
        "bad-schedule", $"\"{key}\" is \"{SourceText.Shown(text)}\", which {problem}", "write five fields: minute, hour, day of the month, month, day of the week, for example \"0 3 * * *\" for 3:00 each day");

    public static Problem BadTimeZone(string key, string name) => new(
        "bad-timezone", $"\"{key}\" is \"{SourceText.Shown(name)}\", which is no time zone that this machine knows", "write one like \"Europe/Berlin\" or \"UTC\"; the names are those of the package tzdata");

    public static Problem BadCronName(string name) => new(
        "bad-cron-name", $"\"{SourceText.Shown(name)}\" cannot name a cron", "write 1 to 63 letters, digits, dashes and underscores");

    public static Problem CronTwice(string name, string first) => new(
        "cron-twice", $"cron \"{name}\" is defined twice, first in {first}", "give each a name of its own: name = \"…\"");

    public static Problem CronNamedAsService(string name) => new(
        "cron-named-as-service", $"\"{name}\" names a cron and a service; logs and commands could not tell them apart", "give the cron another name");

    public static Problem TooManyCrons(int limit) => new("too-many-crons", $"there are more than {limit} crons", "let one of them do the work of several");

    public static Problem CronOfNoService(string cron, string service, IReadOnlyList<string> known) => new(
        "cron-of-no-service", $"cron \"{cron}\" is to run like service \"{service}\", which the app has not", $"write service = one of {string.Join(", ", known)}, or leave it out for the app's own image");

    public static Problem RequiredEnvMissing(IReadOnlyList<RequiredVariable> missing) => new(
        "env-required", missing.Count == 1
            ? $"variable {InWords(missing[0])} is required, but has no value"
            : $"{missing.Count} variables are required, but have no value: {string.Join("; ", missing.Select(InWords))}",
        $"set {(missing.Count == 1 ? "it" : "them")}: berth env set {string.Join(' ', missing.Select(variable => $"{Shown(variable.Key)}=VALUE").Distinct())}");

    public static Problem OnlyNoWeb() => new(
        "no-service", "this app defines no service, and with web = false it gets none from its stack or image",
        "define one, for example [services.worker] with a command, or delete web = false");

    public static Problem HealthPathWithoutHttp(string key) => new(
        "health-path", $"\"{key}\" has a meaning only with type = \"http\"", "write type = \"http\", or delete the path");

    public static Problem BadHealthPath(string key, string path) => new(
        "health-path", $"\"{key}\" is \"{Shown(path)}\"", "write the path of a URL: it begins with / and has no blanks");

    public static Problem KeyOfOtherMode(string key, string mode, string otherMode) => new(
        "key-of-other-mode", $"\"{key}\" has no meaning in mode \"{mode}\"", $"delete it, or write mode = \"{otherMode}\"");

    public static Problem QueueForWorkers(string path, string service) => new(
        "queue-for-workers", $"{path} has mode \"queue\", but {service} gets requests and goes by them", "write mode = \"auto\", or give the work to a service of another name");

    public static Problem OneQueueSource(string path, IEnumerable<string> sources) => new(
        "one-queue-source", $"{path} has mode \"queue\" and has to say where the number of jobs comes from, once", $"write one of {string.Join(", ", sources)}");

    public static Problem BadQueueUrl(string key, string text, string example) => new(
        "bad-queue-url", $"\"{key}\" is \"{Shown(text)}\"", $"write {example}; its host is a service of this app, and it may begin with a variable, $NAME");

    public static Problem GoesWith(string key, string other) => new("key-alone", $"\"{key}\" has no meaning without \"{other}\"", $"write {other} too, or delete it");

    public static Problem MinAboveMax(string path, int min, int max, bool maxGiven) => new(
        "min-above-max", $"{path} has min_instances {min} and max_instances {max}{(maxGiven ? "" : " (the default)")}",
        "write a max_instances that is not smaller");

    public static Problem DiskNeedsOneInstance(string path, Scaling scaling) => new(
        "disk-needs-one-instance", scaling.Mode != ScalingMode.Fixed
            ? $"{path} has a disk and mode \"{scaling.ModeName}\"; only one sandbox at a time can mount a disk"
            : $"{path} has a disk and {scaling.Instances} instances; only one sandbox at a time can mount a disk",
        "write mode = \"fixed\" and num_instances = 1 in its concurrency");

    public static Problem BadDiskName(string key, string name, int limit) => new(
        "bad-disk-name", $"\"{key}\" is \"{Shown(name)}\"",
        $"write 1 to {limit} letters, digits, dashes, underscores and points, beginning with a letter or digit");

    public static Problem BadMountPath(string key, string path) => new(
        "bad-mount-path", $"\"{key}\" is \"{Shown(path)}\"", "write an absolute path below the root, without \"..\": \"/data\"");

    public static Problem DiskTwice(string key, string value) => new(
        "disk-twice", $"\"{key}\" is \"{Shown(value)}\", as in another disk of this service", "choose another");

    public static Problem BadSidecarName(string key, string name, int limit) => new(
        "bad-sidecar-name", $"\"{key}\" is \"{Shown(name)}\"", $"write 1 to {limit} characters without control characters");

    public static Problem SidecarTwice(string key, string name) => new(
        "sidecar-twice", $"\"{key}\" is \"{Shown(name)}\", as in another sidecar of this service", "choose another");

    public static Problem PathOutside(string key, string path) => new(
        "path-outside", $"\"{key}\" is \"{Shown(path)}\", which leads out of the source", "write a path relative to the source's root, with forward slashes and without \"..\"");

    // TOML

    public static Problem TomlControlCharacter(char found, string where) => new(
        "toml-control-character", $"the control character U+{(int)found:X4} may not stand in {where}",
        where == "a string" ? $"in a double-quoted string, write \\u{(int)found:X4}" : "delete it");

    public static Problem TomlUnclosedString(string quote) => new(
        "toml-unclosed-string", "this string is not closed",
        quote.Length == 1 ? $"end it with {quote} on the same line; text of several lines stands between {new string(quote[0], 3)}" : $"end it with {quote}");

    public static Problem TomlBadEscape(char kind) => new(
        "toml-bad-escape", $"\"\\{(char.IsControl(kind) ? ' ' : kind)}\" is no escape",
        "write \\\\ for a backslash, or put the text between single quotes, where nothing is escaped");

    public static Problem TomlBadUnicode(string escape, int digits) => new(
        "toml-bad-escape", $"\"{Shown(escape)}\" is no character", $"write {digits} hexadecimal digits of a Unicode character that is no surrogate");

    public static Problem TomlKeyExpected(TomlCursor at) => new(
        "toml-key-expected", $"a key is expected here, not {Here(at)}", "keys have letters, digits, dashes and underscores; put others between quotes");

    public static Problem TomlMultiLineKey() => new(
        "toml-key-expected", "a key cannot stand between three quotes", "use one quote on each side");

    public static Problem TomlEqualsExpected(IReadOnlyList<TomlKeyPart> key, TomlCursor at) => new(
        "toml-equals-expected", $"\"=\" is expected after the key \"{Shown(string.Join('.', key.Select(part => part.Name)))}\", not {Here(at)}", "write key = value");

    public static Problem TomlValueExpected(TomlCursor at) => new(
        "toml-value-expected", $"a value is expected here, not {Here(at)}", "write a value on the same line as its key; text stands between quotes");

    public static Problem TomlBareWord(string word) => new(
        "toml-bare-word", $"{Shown(word)} is no value",
        word.ToLowerInvariant() is "true" or "false" ? $"write {word.ToLowerInvariant()}" : $"text stands between quotes: \"{Shown(word)}\"");

    public static Problem TomlBadNumber(string word) => new(
        "toml-bad-number", $"{Shown(word)} is no number",
        "write 12, -3, 0.5, 1e6, 1_000 or 0xff; a number does not begin with 0 or a point; text stands between quotes");

    public static Problem TomlIntegerRange(string word) => new(
        "toml-integer-range", $"{Shown(word)} is too large a number", $"integers go from {long.MinValue} to {long.MaxValue}");

    public static Problem TomlBadDateTime(string word) => new(
        "toml-bad-date-time", $"{Shown(word)} is no date or time", "write 1979-05-27, 07:32:00 or 1979-05-27T07:32:00Z; text stands between quotes");

    public static Problem TomlUnclosedArray() => new(
        "toml-unclosed-array", "this array is not closed", "end it with ]");

    public static Problem TomlArrayComma(TomlCursor at) => new(
        "toml-comma-expected", $"a comma or ] is expected here, not {Here(at)}", "separate values by commas");

    public static Problem TomlInlineTableComma(TomlCursor at) => new(
        "toml-comma-expected", $"a comma or }} is expected here, not {Here(at)}", "separate key = value pairs by commas");

    public static Problem TomlInlineTableNewline() => new(
        "toml-inline-table-newline", "a table in braces must end on the line where it began", "close it with } on that line, or write it as a [table]");

    public static Problem TomlInlineTableTrailingComma() => new(
        "toml-inline-table-comma", "a table in braces has no comma before its end", "delete the comma");

    public static Problem TomlTooManyValues(int limit) => new(
        "toml-too-many-values", $"this file has more than {limit} keys, tables and items", "is it the right file? A definition is a few lines of text");

    public static Problem TomlTooDeep(int limit) => new(
        "toml-too-deep", $"this is nested more than {limit} deep", "no definition needs so many levels");

    public static Problem TomlHeaderEnd(bool item) => new(
        "toml-header-end", $"{(item ? "]]" : "]")} is expected after the table's name", item ? "write [[name]]" : "write [name]");

    public static Problem TomlLineEndExpected(TomlCursor at) => new(
        "toml-line-end-expected", $"nothing more is expected on this line, but {Here(at)} stands here", "one key = value a line; a comment begins with #");

    public static Problem TomlKeyTwice(string key, int line) => new(
        "toml-key-twice", $"\"{key}\" is given twice; the first time on line {line}", "delete one of the two");

    public static Problem TomlTableTwice(string path, int line, TomlValue existing) => new(
        "toml-table-twice", existing is TomlTable
            ? $"table [{path}] is defined twice; the first time on line {line}"
            : $"[{path}] cannot be a table: it is {existing.KindName} since line {line}",
        existing is TomlArray { OfTables: true } ? $"write [[{path}]] for one more" : "put its keys together in one place");

    public static Problem TomlNotAnArrayOfTables(string path, int line, TomlValue existing) => new(
        "toml-table-twice", $"[[{path}]] cannot add a table: \"{path}\" is {existing.KindName} since line {line}",
        "write all of them as [[" + path + "]]");

    public static Problem TomlCannotExtend(string path, string part, int line, TomlValue existing) => new(
        "toml-cannot-extend", $"\"{path}\" cannot be set here: \"{Shown(part)}\" is {existing.KindName} that is complete since line {line}",
        "put its keys together in one place");

    private static string InWords(RequiredVariable variable) =>
        $"\"{Shown(variable.Key)}\"{(variable.Service is null ? "" : $" of service \"{variable.Service}\"")}{(string.IsNullOrWhiteSpace(variable.Description) ? "" : $" ({Shown(variable.Description)})")}";

    /// <summary>The key itself, without the tables it is in.</summary>
    private static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];

    /// <summary>What stands at the cursor, in words.</summary>
    private static string Here(TomlCursor at) =>
        at.AtEnd ? "the end of the file" : at.AtNewline ? "the end of the line" : at.Current == '#' ? "a comment" : $"\"{Shown(at.CurrentCharacter)}\"";
}
