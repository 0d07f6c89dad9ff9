using System.Text.RegularExpressions;
using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads of <c>[services.NAME.concurrency]</c> what only mode "queue" has: where the number of jobs comes from, and how a worker is told to take no more.</summary>
internal static partial class QueueReader
{
    private static readonly string[] Sources = ["command", "http", "redis_list", "sql"];

    /// <summary>Any of these means mode "queue".</summary>
    public static readonly string[] Keys = [.. Sources, "json", "url", "jobs_per_instance", "interval"];

    /// <summary>Null after an error.</summary>
    public static QueueSource? Read(TomlSection section)
    {
        if (Sources.Where(section.Has).ToList() is not [var key])
        {
            section.Error("mode", DefinitionMessages.OneQueueSource(section.Path, Sources));
            return null;
        }
        if (section.Has("json") && key != "http")
            section.Error("json", DefinitionMessages.GoesWith(section.Qualified("json"), "http"));
        if (section.Has("url") != (key == "sql"))
            section.Error(key == "sql" ? "sql" : "url", key == "sql" ? DefinitionMessages.GoesWith(section.Qualified("sql"), "url") : DefinitionMessages.GoesWith(section.Qualified("url"), "sql"));
        var kind = key switch
        {
            "command" => QueueSourceKind.Command,
            "http" => QueueSourceKind.Http,
            "redis_list" => QueueSourceKind.RedisList,
            _ => QueueSourceKind.Sql,
        };
        if (section.Word(key) is not { } text)
            return null;
        Check(section, kind, key, text);
        // A sandbox costs more than a question.
        var least = kind is QueueSourceKind.Command or QueueSourceKind.Sql ? AppTomlRanges.MinSandboxInterval : AppTomlRanges.MinQueueInterval;
        var source = new QueueSource { Kind = kind, Text = text, Url = section.Word("url"), JsonPath = section.Word("json") };
        return section.Duration("interval", least, AppTomlRanges.MaxDelay) is { } interval ? source with { Interval = interval } : source;
    }

    /// <summary>Null where none is written.</summary>
    public static QuietStop? ReadQuiet(TomlSection section)
    {
        if (section.Has("quiet_for") && !section.Has("quiet_signal"))
            section.Error("quiet_for", DefinitionMessages.GoesWith(section.Qualified("quiet_for"), "quiet_signal"));
        var wait = section.Duration("quiet_for", TimeSpan.Zero, AppTomlRanges.MaxStopTimeout) ?? AppTomlRanges.DefaultQuiet;
        return section.Choice("quiet_signal", [.. QuietStop.Signals]) is { } signal ? new(signal, wait) : null;
    }

    private static void Check(TomlSection section, QueueSourceKind kind, string key, string text)
    {
        if (kind == QueueSourceKind.Http && !HttpPattern().IsMatch(text))
            section.Error(key, DefinitionMessages.BadQueueUrl(section.Qualified(key), text, "http://SERVICE:PORT/PATH"));
        if (kind == QueueSourceKind.RedisList && !RedisPattern().IsMatch(text))
            section.Error(key, DefinitionMessages.BadQueueUrl(section.Qualified(key), text, "redis://SERVICE/0#LIST"));
        if (kind == QueueSourceKind.Sql && section.Word("url") is { } url && !PostgresPattern().IsMatch(url))
            section.Error("url", DefinitionMessages.BadQueueUrl(section.Qualified("url"), url, "postgres://USER:PASSWORD@SERVICE/DATABASE"));
    }

    [GeneratedRegex(@"^(http://[^/\s]+|\$\w+)\S*$")]
    private static partial Regex HttpPattern();

    [GeneratedRegex(@"^(redis://[^/#\s]+|\$\w+)(/[0-9]*)?#\S+$")]
    private static partial Regex RedisPattern();

    [GeneratedRegex(@"^(postgres(ql)?://[^/\s]+|\$\w+)\S*$")]
    private static partial Regex PostgresPattern();
}
