namespace Berth.Definitions.AppToml;

/// <summary>Reads <c>[tasks.NAME]</c>. The one that runs at each deployment is the release command; others are refused.</summary>
internal static class TaskReader
{
    /// <summary>The release command by <c>release</c> or by a task; null: there is none.</summary>
    public static string? ReadRelease(TomlSection app, FileDiagnostics diagnostics)
    {
        var command = app.Word("release");
        var from = app.Has("release") ? "release" : null;
        foreach (var (_, task, offset) in app.NamedSections("tasks", AppTomlSchema.Task))
        {
            if (!task.Has("command"))
                task.Error("command", DefinitionMessages.MissingKey(task.Path, "command", "command = \"…\""));
            var trigger = task.Has("trigger") ? task.Choice("trigger", "manual", "deploy", "schedule") : "manual";
            if (trigger is "manual" or "schedule")
                diagnostics.Error(offset, DefinitionMessages.RefusedKey(task.Path, trigger == "manual" ? AppTomlSchema.ManualTask : AppTomlSchema.ScheduledTask));
            if (trigger != "deploy")
                continue;
            foreach (var (key, refusal) in AppTomlSchema.DeployTask.Where(refused => task.Has(refused.Key)))
                task.Error(key, DefinitionMessages.RefusedKey(task.Qualified(key), refusal));
            // One deployment an app at a time: such a task never runs twice at once, whatever the number.
            task.Count("max_concurrent", 1, AppTomlRanges.MaxInstances);
            if (from is not null)
                diagnostics.Error(offset, DefinitionMessages.ReleaseTwice(task.Path, from));
            from ??= task.Path;
            command ??= task.Word("command");
        }
        return command;
    }
}
