using System.Text;
using Berth.Builds.Dockerfiles;
using Berth.Builds.Stacks;
using Berth.Model;

namespace Berth.Builds;

/// <summary>
/// Makes an app's image from its source, and finds the images that services name. What can go wrong with an app's input comes back as a value; an engine
/// that is away too. Safe for concurrent use.
/// </summary>
public sealed class ImageBuilder(IImageStore images, StackImages stacks, BuildOptions options, TimeProvider time)
{
    private readonly SemaphoreSlim _room = new(options.AtOnce);

    /// <summary>What would be done. Reads files, changes nothing.</summary>
    public static BuildPlan Plan(string sourceDirectory, BuildDefinition definition) =>
        BuildPlanner.Plan(new FolderFiles(sourceDirectory), definition);

    /// <param name="output">Gets the build's text as it comes, in pieces that may end anywhere.</param>
    public async Task<BuildResult> BuildAsync(BuildRequest request, Action<string> output, CancellationToken ct)
    {
        var plan = Plan(request.SourceDirectory, request.Definition);
        if (plan.Error is { } nothing)
            return new BuildResult { Error = nothing };
        foreach (var reason in plan.Reasons)
            output(reason + "\n");
        var (dockerfile, context, bases) = plan.Dockerfile is { } path ? Given(request, path) : Generated(request, plan);
        foreach (var reference in bases.Where(StackImages.IsStack))
        {
            if ((await EnsureStackAsync(reference, output, ct)).Error is { } missing)
                return new BuildResult { Error = missing };
        }
        if (!_room.Wait(0, CancellationToken.None))
        {
            output(BuildMessages.WaitingForBuilds(options.AtOnce));
            await _room.WaitAsync(ct);
        }
        try
        {
            return await BuildAsync(request, dockerfile, context, output, ct);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>The image that a service names: the local one, a stack, or one pulled from its registry.</summary>
    public async Task<ImageResult> ResolveServiceImageAsync(string reference, Action<string> output, CancellationToken ct)
    {
        if (StackImages.IsStack(reference))
            return await EnsureStackAsync(reference, output, ct);
        try
        {
            var image = await images.FindImageAsync(reference, ct) ?? await images.PullImageAsync(reference, output, ct);
            return new ImageResult { Image = image };
        }
        catch (EngineException error)
        {
            return new ImageResult { Error = BuildMessages.ImageUnavailable(reference, error) };
        }
    }

    private async Task<ImageResult> EnsureStackAsync(string reference, Action<string> output, CancellationToken ct)
    {
        try
        {
            return await stacks.EnsureAsync(reference, output, ct);
        }
        catch (EngineException error)
        {
            return new ImageResult { Error = BuildMessages.ImageUnavailable(reference, error) };
        }
    }

    private static (string Dockerfile, BuildContext Context, IReadOnlyList<string> Bases) Given(BuildRequest request, string path)
    {
        var text = new FolderFiles(request.SourceDirectory).Read(path) ?? "";
        return (path, new BuildContext { Include = [path, ".dockerignore"] }, BaseImages.In(text));
    }

    private static (string Dockerfile, BuildContext Context, IReadOnlyList<string> Bases) Generated(BuildRequest request, BuildPlan plan)
    {
        var files = new FolderFiles(request.SourceDirectory);
        var stack = StackDetector.Find(plan.Stack!)!;
        var steps = stack.StepsFor(files);
        var text = StackDockerfile.Write(stack, plan.Bases!, steps, request.Definition.OnBuild);
        var context = new BuildContext
        {
            Folder = StackDockerfile.SourceFolder,
            Include = steps.DependencyFiles,
            Exclude = steps.Replaced,
            Extra = StackPrograms.InContext(steps.Programs).Append(KeyValuePair.Create(StackDockerfile.Name, Encoding.UTF8.GetBytes(text))).ToDictionary(),
        };
        return (StackDockerfile.Name, context, BaseImages.In(text));
    }

    private async Task<BuildResult> BuildAsync(BuildRequest request, string dockerfile, BuildContext context, Action<string> output, CancellationToken ct)
    {
        var build = new ImageBuild
        {
            Tag = $"berth/{request.App}:{request.DeploymentId}",
            Dockerfile = dockerfile,
            Labels = new Dictionary<string, string> { [Labels.App] = request.App },
            MemoryBytes = options.MemoryBytes,
            Cpu = options.Cpu,
            CpuShares = options.CpuShares,
        };
        var tail = new OutputTail();
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var image = await context.SendAsync(request.SourceDirectory, stream => images.BuildImageAsync(build, stream, Watch, stop.Token), stop.Token);
            return new BuildResult { Image = image };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new BuildResult { Error = BuildMessages.BuildTimedOut(request.App, options.Timeout, tail.Step), LastLines = tail.LastLines };
        }
        catch (EngineException error)
        {
            return new BuildResult { Error = BuildMessages.BuildFailed(request.App, error, tail.Step, options.MemoryBytes), LastLines = tail.LastLines };
        }

        void Watch(string piece)
        {
            tail.Add(piece);
            output(piece);
        }
    }
}
