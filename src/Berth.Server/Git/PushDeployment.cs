using Berth.Control;
using Berth.Model;

namespace Berth.Server.Git;

/// <summary>Judges a push: whether its refs are such that deploy, and then by how the deployment ends. Only what was deployed is taken.</summary>
internal sealed class PushDeployment(ControlPlane control, ControlOptions controlOptions, CommitArchive archives, GitOptions options, TimeProvider time)
{
    private const int DiskFull = 28;

    /// <summary>As long as commits are everywhere in Berth.</summary>
    private const int CommitLength = 12;

    public async Task<bool> RunAsync(Push push, PushClient client, CancellationToken ct)
    {
        if (Problem(push) is { } problem)
        {
            await client.RefuseAsync(problem, ct);
            return false;
        }
        var branch = push.Refs.Single(r => r.Branch is not null);
        if (!await DeployAsync(push, branch.Commit, client, ct))
            return false;
        // What a clone checks out.
        await GitProgram.RunAsync(push.Repository, ["symbolic-ref", "HEAD", branch.Name], environment: null, ct);
        return true;
    }

    /// <summary>Exactly one branch that deploys, and tags beside it; null if that is what it is.</summary>
    private string? Problem(Push push)
    {
        var branches = push.Refs.Where(r => !r.IsTag).ToList();
        if (branches.Find(r => r.Branch is null) is { } other)
            return GitMessages.OtherRef(other.Name, options.Branches);
        if (branches.Find(r => !options.Branches.Contains(r.Branch!)) is { } undeployed)
            return GitMessages.OtherBranch(undeployed.Branch!, options.Branches);
        if (branches.Find(r => r.IsRemoval) is { } removal)
            return GitMessages.Removal(removal.Branch!, push.App);
        return branches.Count switch
        {
            0 => GitMessages.TagsAlone(push.Refs is [var tag, ..] ? tag.Name["refs/tags/".Length..] : "", options.Branches),
            1 => null,
            _ => GitMessages.TwoBranches(branches.Select(b => b.Branch!)),
        };
    }

    private async Task<bool> DeployAsync(Push push, string commit, PushClient client, CancellationToken ct)
    {
        var found = control.Apps.Find(push.App);
        if (found.Error is { } missing)
        {
            await client.RefuseAsync(missing.Message, ct);
            return false;
        }
        if (await ReceiveAsync(push, commit, client, ct) is not { } archive)
            return false;
        var begun = control.Deployments.DeploySource(found.Value, archive, commit[..CommitLength], force: false);
        if (begun.Error is { } refused)
        {
            await client.RefuseAsync(refused.Message, ct);
            return false;
        }
        return await new PushReport(control, client).FollowAsync(begun.Value, ct);
    }

    /// <summary>The commit's files as a tar on disk; null if there is none, and the client knows why.</summary>
    private async Task<string?> ReceiveAsync(Push push, string commit, PushClient client, CancellationToken ct)
    {
        Directory.CreateDirectory(controlOptions.BuildsFolder);
        var file = Path.Combine(controlOptions.BuildsFolder, $"{Ids.Unique(time.GetUtcNow())}.tar");
        var taken = false;
        try
        {
            var archive = await archives.WriteAsync(push, commit, file, client, ct);
            taken = archive.Error is null;
            if (archive.Error is { } error)
                await client.RefuseAsync(error, ct);
            else if (archive.LargeFiles.Count > 0)
                await client.RefuseAsync(GitMessages.LargeFiles(archive.LargeFiles), ct);
            return taken ? file : null;
        }
        catch (IOException e) when (e.HResult == DiskFull)
        {
            taken = false;
            await client.RefuseAsync(GitMessages.DiskFull(controlOptions.BuildsFolder), ct);
            return null;
        }
        finally
        {
            if (!taken)
                File.Delete(file);
        }
    }
}
