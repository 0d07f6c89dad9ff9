using static Berth.Definitions.SourceText;

namespace Berth.Definitions.Yaml;

/// <summary>What is said about YAML itself; what it means to an app is the manifest's matter.</summary>
internal static class YamlMessages
{
    public static Problem Syntax(string reason) => new(
        "yaml-syntax", $"this is no YAML: {Lowered(reason)}", "indent by blanks, never by tabs; put text with : # { [ or quotes in it between quotes");

    public static Problem SeveralDocuments() => new("yaml-several-documents", "a second document begins here", "keep one document in a file: delete the --- and what follows it");

    public static Problem TooDeep(int limit) => new("yaml-too-deep", $"this is nested more than {limit} deep", "no definition needs so many levels");

    public static Problem TooManyNodes(int limit) => new(
        "yaml-too-large", $"the file has more than {limit} values, each use of an anchor counted with all that is in it", "write less, or use fewer anchors");

    public static Problem TextTooLong(int limit) => new("yaml-too-large", $"this text has more than {limit} characters", "a program is passed no longer one: put it into a file of the source");

    public static Problem UnknownAnchor(string name) => new(
        "yaml-unknown-anchor", $"no anchor &{Shown(name)} is complete before this place", $"write &{Shown(name)} before the value that is meant, further up in the file");

    public static Problem UnknownTag(string tag) => new("yaml-unknown-tag", $"the tag {Shown(tag)} means nothing in a definition", "delete it; quotes make a text");

    public static Problem KeyIsNoText() => new("yaml-key", "a key of this mapping is a list or a mapping", "write key: value");

    public static Problem KeyTwice(string key, int line) => new("yaml-key-twice", $"\"{Shown(key)}\" is given twice, the first time on line {line}; the later value counts", "delete one of the two");

    public static Problem MergeOfNoMapping(string kind) => new("yaml-merge", $"<< takes in a mapping or a list of mappings, not {kind}", "write <<: *name, where &name stands before a mapping");

    private static string Lowered(string reason)
    {
        var text = Shown(reason.TrimEnd('.'));
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
