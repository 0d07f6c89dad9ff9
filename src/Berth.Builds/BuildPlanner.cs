using Berth.Builds.Stacks;
using Berth.Model;

namespace Berth.Builds;

/// <summary>Decides how a source is built: by the Dockerfile that is named, the stack that is named, <c>Dockerfile</c>, or the stack that is recognised, in this order.</summary>
internal static class BuildPlanner
{
    public static BuildPlan Plan(ISourceFiles files, BuildDefinition definition)
    {
        if (definition.Dockerfile is { } named)
            return PlanNamed(files, named);
        if (definition.Stack is null && files.Exists("Dockerfile"))
            return new BuildPlan { Dockerfile = "Dockerfile", Reasons = ["Dockerfile found: the image is built by it"] };
        return PlanStack(files, definition);
    }

    private static BuildPlan PlanNamed(ISourceFiles files, string named)
    {
        var segments = named.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".").ToArray();
        if (named.StartsWith('/') || segments.Contains("..") || segments.Length == 0)
            return new BuildPlan { Error = BuildMessages.DockerfileOutside(named) };
        var path = string.Join('/', segments);
        return files.Exists(path)
            ? new BuildPlan { Dockerfile = path, Reasons = [$"{path} named by build.dockerfile: the image is built by it"] }
            : new BuildPlan { Error = BuildMessages.DockerfileMissing(path) };
    }

    private static BuildPlan PlanStack(ISourceFiles files, BuildDefinition definition)
    {
        var matches = StackDetector.Detect(files);
        if (definition.Stack is { } asked && StackDetector.Find(asked) is null)
            return new BuildPlan { Error = BuildMessages.UnknownStack(asked) };
        var match = definition.Stack is null ? matches.FirstOrDefault() : matches.FirstOrDefault(item => item.Stack == definition.Stack);
        var name = definition.Stack ?? match?.Stack;
        if (name is null)
            return new BuildPlan { Error = BuildMessages.NothingToBuild() };
        var reasons = new List<string>
        {
            definition.Stack is null ? $"{match!.Because} found: stack {name}" : $"stack {name} asked for",
        };
        foreach (var other in matches.Where(item => item.Stack != name))
            reasons.Add($"{other.Because} found too, but stack {other.Stack} is not used");
        var bases = Bases(StackDetector.Find(name)!, files, definition, reasons);
        if (match?.WebCommand is { } command)
            reasons.Add($"default web command: {command} (from {match.WebBecause})");
        return new BuildPlan { Stack = name, Bases = bases, DefaultWebCommand = match?.WebCommand, Reasons = reasons };
    }

    private static StackBases Bases(IStack stack, ISourceFiles files, BuildDefinition definition, List<string> reasons)
    {
        var (bases, reason) = definition switch
        {
            { Base: { } asked } => (new StackBases(asked), "build.base"),
            { Version: { } version } when VersionRequest.Satisfies(stack.Version, version) => (stack.Bases, $"build.version: it has {stack.Version}"),
            { Version: { } version } => (stack.PublicBases(version, files), "build.version"),
            _ => (stack.Bases, "the stack's own"),
        };
        reasons.Add($"base image: {bases.Run} ({reason})");
        if (definition is { Base: null, Version: null } && stack.Asked(files) is { } request && !VersionRequest.Satisfies(stack.Version, request.Version))
            reasons.Add(BuildMessages.OtherVersionAsked(stack, request, stack.PublicBases(request.Version, files)));
        return bases;
    }
}
