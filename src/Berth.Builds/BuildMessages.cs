using Berth.Builds.Stacks;
using Berth.Model;

namespace Berth.Builds;

/// <summary>Everything that building tells people.</summary>
internal static class BuildMessages
{
    public static Diagnostic NothingToBuild() => Problem(
        "no-build", "the source has no Dockerfile and nothing in it is recognised as " + string.Join(" or ", StackDetector.Names),
        "add a Dockerfile, or the language's package file: requirements.txt, package.json, Gemfile, composer.json, go.mod, pom.xml, Cargo.toml, a .csproj, index.html");

    public static Diagnostic NoSuchPath(string path) => Problem(
        "path-missing", $"the application's path \"{path}\" is no folder of the source", "write the path of a folder, relative to the manifest");

    public static Diagnostic DockerfileMissing(string path) => Problem(
        "dockerfile-missing", $"build.dockerfile names {path}, which is not in the source", "correct the path, or send the file: an ignore file may leave it out") with
    {
        File = path,
    };

    public static Diagnostic DockerfileOutside(string path) => Problem(
        "dockerfile-outside", $"build.dockerfile names {path}, which is not inside the source", "give a path relative to the app's folder, without ..");

    public static Diagnostic UnknownStack(string name) => Problem(
        "stack-unknown", $"there is no stack {name}", $"use one of {string.Join(", ", StackDetector.Names)}, or add a Dockerfile");

    public static Diagnostic UnknownStackImage(string reference) => Problem(
        "stack-unknown", $"there is no image {reference}", $"use one of {string.Join(", ", StackImages.References)}");

    public static Diagnostic UnknownStackTag(string reference, string name) => Problem(
        "image-missing", $"there is no image {reference}", $"use stack/{name}, which Berth builds itself in the version that Debian has");

    public static Diagnostic BootstrapMissing(string stack, string program) => Problem(
        "mmdebstrap-missing", $"stack/{stack} cannot be built: there is no program {program} on the server",
        "install it there (apt-get install mmdebstrap), or name a base image of a registry by build.base or a Dockerfile");

    public static Diagnostic BootstrapFailed(string stack, int exitCode, IReadOnlyList<string> lastLines) => Problem(
        "stack-failed", $"stack/{stack} could not be built: mmdebstrap ended with {exitCode}: {string.Join(" | ", lastLines.TakeLast(5))}",
        "see whether the server reaches its Debian mirror and has space left, then deploy again");

    public static Diagnostic DotnetMissing(string stack, string folder) => Problem(
        "dotnet-missing", $"stack/{stack} cannot be made: Debian has no .NET SDK, and there is none in {folder} on the server",
        "install the .NET SDK on the server, or set version (such as \"10.0\") under [build] in app.toml, which builds on Microsoft's public image");

    public static Diagnostic StackTimedOut(string stack, TimeSpan limit) => Problem(
        "stack-timeout", $"stack/{stack} was not built within {limit.TotalMinutes:0.#} minutes", "see whether the server's Debian mirror is slow, then deploy again");

    public static Diagnostic StackRefused(string stack, EngineException error, long memoryBytes) => Problem(
        CodeOf(error), $"stack/{stack} could not be built: {error.Message}", error.Error switch
        {
            EngineError.OutOfMemory => MemoryHint(memoryBytes),
            EngineError.BuildFailed => "see whether the engine's containers reach the Debian mirror, then deploy again",
            _ => "see that the engine runs and has space left, then deploy again",
        });

    public static Diagnostic BuildTimedOut(string app, TimeSpan limit, string? step) => Problem(
        "build-timeout", $"the build of {app} took longer than {limit.TotalMinutes:0.#} minutes{At(step)}", "make that step shorter, or start berthd with a longer --build-timeout");

    public static Diagnostic BuildFailed(string app, EngineException error, string? step, long memoryBytes)
    {
        if (error.Error == EngineError.OutOfMemory)
            return Problem(CodeOf(error), $"the build of {app} ran out of memory{At(step)}: a step may use {ByteSize.ForPeople(memoryBytes)}", MemoryHint(memoryBytes));
        bool baseImage = step?.Contains(" : FROM ", StringComparison.Ordinal) == true;
        return Problem(
            CodeOf(error), $"the build of {app} failed{At(step)}: {error.Message}",
            baseImage ? $"name a base image that the server can reach; these need no registry: {string.Join(", ", StackImages.References)}" : "see the build's output above");
    }

    public static Diagnostic ImageUnavailable(string reference, EngineException error) => Problem(
        CodeOf(error), error.Message.Contains(reference, StringComparison.Ordinal) ? error.Message : $"image {reference}: {error.Message}",
        StandIn(reference) is { } stack ? $"check the name and the registry; {stack} is built by Berth itself and needs none" : "check the name and whether the server reaches its registry");

    public static string OtherVersionAsked(IStack stack, VersionRequest request, StackBases bases) =>
        $"{request.File} asks for {request.Version}, stack/{stack.Name} has {stack.Version}: set version = \"{request.Version}\" under [build] in app.toml to build on {bases.Run}";

    public static string WaitingForBuilds(int most) => $"waiting for another build to end: {most} run at once\n";

    public static string WaitingForStack(string stack) => $"waiting for stack/{stack}, which another deployment is building\n";

    public static string BuildingStack(string stack, string suite) => $"building stack/{stack} from Debian {suite} (once for this server)\n";

    private static string MemoryHint(long memoryBytes) =>
        $"make the step use less (fewer jobs at once), or start berthd with --build-memory above {ByteSize.ForPeople(memoryBytes)}";

    private static string At(string? step) => step is null ? "" : $" at {step}";

    /// <summary><c>redis:7-alpine</c> → <c>stack/redis</c>.</summary>
    private static string? StandIn(string reference)
    {
        var name = reference.Split('/')[^1].Split(':', '@')[0];
        return StackImages.References.FirstOrDefault(stack => stack == "stack/" + name);
    }

    private static string CodeOf(EngineException error) => error.Error switch
    {
        EngineError.Unreachable => "engine-unreachable",
        EngineError.ImageMissing or EngineError.NotFound => "image-missing",
        EngineError.RegistryFailed => "registry-failed",
        EngineError.WrongArchitecture => "wrong-architecture",
        EngineError.DiskFull => "disk-full",
        EngineError.OutOfMemory => "build-out-of-memory",
        _ => "build-failed",
    };

    private static Diagnostic Problem(string code, string message, string hint) => new() { Code = code, Message = message, Hint = hint };
}
