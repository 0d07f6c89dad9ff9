using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>Values of the label <c>berth.role</c>.</summary>
internal static class RoleNames
{
    /// <summary>No sandbox: a container that never runs, made to read a file of an image.</summary>
    public const string Reader = "reader";

    public static string Of(SandboxRole role) => role switch { SandboxRole.Job => "job", SandboxRole.Cron => "cron", _ => "service" };

    public static SandboxRole Parse(string? name) => name switch { "job" => SandboxRole.Job, "cron" => SandboxRole.Cron, _ => SandboxRole.Service };
}
