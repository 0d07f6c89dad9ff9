using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>Values of the label <c>berth.role</c>.</summary>
internal static class RoleNames
{
    /// <summary>No sandbox: a container that never runs, made to read a file of an image.</summary>
    public const string Reader = "reader";

    public static string Of(SandboxRole role) => role == SandboxRole.Job ? "job" : "service";

    public static SandboxRole Parse(string? name) => name == "job" ? SandboxRole.Job : SandboxRole.Service;
}
