namespace Berth.Contracts;

/// <summary>How what a release is made of differs from another. Pure; values of variables are compared, as far as they are there, and never shown.</summary>
public static class ReleaseChanges
{
    public const string Added = "added";
    public const string Removed = "removed";
    public const string Changed = "changed";
    public const string Interrupts = "interrupts";

    /// <summary>Between two releases of an app.</summary>
    public static IReadOnlyList<ChangeInfo> Of(ReleaseDetails before, ReleaseDetails after) =>
        [.. OfServices(before.Services, after.Services), .. OfEnv(before.Env, after.Env), .. OfReleaseCommand(before.ReleaseCommand, after.ReleaseCommand)];

    public static IReadOnlyList<ChangeInfo> OfServices(IReadOnlyList<ServiceDetails> before, IReadOnlyList<ServiceDetails> after)
    {
        var old = before.ToDictionary(service => service.Name, StringComparer.Ordinal);
        var changes = new List<ChangeInfo>();
        foreach (var service in after)
        {
            if (old.Remove(service.Name, out var was))
                changes.AddRange(OfService(was, service));
            else
                changes.Add(new ChangeInfo(Added, $"service {service.Name}", $"service {service.Name} is new"));
        }
        changes.AddRange(old.Values.Select(gone => new ChangeInfo(Removed, $"service {gone.Name}", $"service {gone.Name} is defined no more and is stopped")));
        return changes;
    }

    public static IReadOnlyList<ChangeInfo> OfEnv(IReadOnlyList<EnvInfo> before, IReadOnlyList<EnvInfo> after, string of = "")
    {
        var old = before.ToDictionary(variable => variable.Key, StringComparer.Ordinal);
        var changes = new List<ChangeInfo>();
        foreach (var variable in after)
        {
            if (!old.Remove(variable.Key, out var was))
                changes.Add(new ChangeInfo(Added, $"variable {variable.Key}", $"variable {variable.Key}{of} is new"));
            else if (was.Value is not null && variable.Value is not null && was.Value != variable.Value)
                changes.Add(new ChangeInfo(Changed, $"variable {variable.Key}", $"variable {variable.Key}{of} has another value"));
        }
        changes.AddRange(old.Keys.Select(key => new ChangeInfo(Removed, $"variable {key}", $"variable {key}{of} is gone")));
        return changes;
    }

    public static IReadOnlyList<ChangeInfo> OfReleaseCommand(string? before, string? after) => before == after
        ? []
        : [new ChangeInfo(before is null ? Added : after is null ? Removed : Changed, "release command", $"release command: {Shown(before)} → {Shown(after)}")];

    /// <summary>What people would notice while it is carried out.</summary>
    public static IReadOnlyList<ChangeInfo> OfReplacing(IReadOnlyList<ServiceDetails> before, IReadOnlyList<ServiceDetails> after) =>
    [
        .. from service in after
           where !service.Overlaps && before.Any(was => was.Name == service.Name)
           select new ChangeInfo(Interrupts, $"service {service.Name}", service.Name is "web" or "cmd"
               ? $"service {service.Name} is stopped before its new sandbox starts: requests wait meanwhile"
               : $"service {service.Name} is stopped before its new sandbox starts, so that it never runs twice"),
    ];

    private static IEnumerable<ChangeInfo> OfService(ServiceDetails before, ServiceDetails after)
    {
        (string Name, string? Before, string? After)[] values =
        [
            ("command", before.Command, after.Command),
            ("image", before.Image, after.Image),
            ("port", Shown(before.Port), Shown(after.Port)),
            ("instances", Instances(before), Instances(after)),
            ("memory", before.Memory, after.Memory),
            ("cpu", Shown(before.Cpu), Shown(after.Cpu)),
            ("disks", string.Join(", ", before.Disks), string.Join(", ", after.Disks)),
        ];
        return values.Where(value => value.Before != value.After)
            .Select(value => new ChangeInfo(Changed, $"service {after.Name}", $"service {after.Name}: {value.Name} {Shown(value.Before)} → {Shown(value.After)}"))
            .Concat(OfEnv(before.Env, after.Env, $" of service {after.Name}"))
            .Concat(OfSidecars(after.Name, before.Sidecars, after.Sidecars));
    }

    private static IEnumerable<ChangeInfo> OfSidecars(string service, IReadOnlyList<SidecarDetails> before, IReadOnlyList<SidecarDetails> after)
    {
        var old = before.ToDictionary(sidecar => sidecar.Name, StringComparer.Ordinal);
        foreach (var sidecar in after)
        {
            var of = $"sidecar {sidecar.Name} of service {service}";
            if (!old.Remove(sidecar.Name, out var was))
            {
                yield return new ChangeInfo(Added, $"service {service}", $"{of} is new");
                continue;
            }
            foreach (var (name, from, to) in new[] { ("command", was.Command, sidecar.Command), ("image", was.Image, sidecar.Image), ("memory", was.Memory, sidecar.Memory), ("cpu", Shown(was.Cpu), Shown(sidecar.Cpu)) })
            {
                if (from != to)
                    yield return new ChangeInfo(Changed, $"service {service}", $"{of}: {name} {Shown(from)} → {Shown(to)}");
            }
            foreach (var change in OfEnv(was.Env, sidecar.Env, $" of {of}"))
                yield return change;
        }
        foreach (var gone in old.Keys)
            yield return new ChangeInfo(Removed, $"service {service}", $"sidecar {gone} of service {service} is gone");
    }

    private static string Instances(ServiceDetails service) => service.MaxInstances is { } most ? $"auto, {service.Instances} to {most}" : Shown(service.Instances)!;

    private static string Shown(string? value) => string.IsNullOrEmpty(value) ? "none" : value;

    private static string? Shown(IFormattable? value) => value?.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
}
