using Berth.Model;

namespace Berth.Definitions.AppToml;

/// <summary>Reads <c>[[crons]]</c>.</summary>
internal static class CronReader
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(7);

    public static IReadOnlyList<CronDefinition> Read(TomlSection app, FileDiagnostics diagnostics, DefinitionLimits limits)
    {
        var crons = new OrderedDictionary<string, CronDefinition>(StringComparer.Ordinal);
        var number = 0;
        foreach (var section in app.Sections("crons", AppTomlSchema.Cron))
        {
            if (++number > limits.MaxCrons)
            {
                section.Error("command", DefinitionMessages.TooManyCrons(limits.MaxCrons));
                break;
            }
            foreach (var (key, example) in new[] { ("schedule", "schedule = \"0 3 * * *\""), ("command", "command = \"…\"") })
            {
                if (!section.Has(key))
                    section.Error(key, DefinitionMessages.MissingKey(section.Path, key, example));
            }
            var name = section.Word("name") ?? $"cron-{number}";
            if (Names.ServiceProblem(name) is not null)
                section.Error("name", DefinitionMessages.BadCronName(name));
            var cron = new CronDefinition
            {
                Name = name,
                Schedule = Schedule(section) ?? "",
                TimeZone = Zone(section) ?? "UTC",
                Command = section.Word("command") ?? "",
                Service = section.Word("service"),
                Overlap = section.Flag("overlap") ?? false,
                Source = $"{diagnostics.Source.Name}:{section.Line}",
            };
            if (section.Duration("timeout", MinTimeout, MaxTimeout) is { } timeout)
                cron = cron with { Timeout = timeout };
            if (!crons.TryAdd(name, cron))
                section.Error("name", DefinitionMessages.CronTwice(name, crons[name].Source));
        }
        return [.. crons.Values];
    }

    private static string? Schedule(TomlSection section)
    {
        if (section.Word("schedule") is not { } text)
            return null;
        if (CronSchedule.Parse(text, out var problem) is null)
            section.Error("schedule", DefinitionMessages.BadSchedule(section.Qualified("schedule"), text, problem!));
        return text;
    }

    private static string? Zone(TomlSection section)
    {
        if (section.Word("timezone") is not { } name)
            return null;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out _))
            section.Error("timezone", DefinitionMessages.BadTimeZone(section.Qualified("timezone"), name));
        return name;
    }
}
