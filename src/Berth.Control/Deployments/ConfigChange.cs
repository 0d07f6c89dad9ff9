using Berth.Control.Secrets;
using Berth.Control.Store;
using Berth.Model;

namespace Berth.Control.Deployments;

/// <summary>The active release with other config. Without a release the config is kept for the first one.</summary>
internal sealed class ConfigChange(IReadOnlyList<EnvVar> set, IReadOnlyList<string> unset, AppStore apps) : IReleaseSource
{
    public string Description => string.Join("; ",
        new[] { Names("set", set.Select(v => v.Key)), Names("unset", unset) }.Where(part => part.Length > 0));

    public bool Force => false;

    public Task<PrepareResult> PrepareAsync(PrepareContext context, CancellationToken ct)
    {
        var config = EnvVars.Merge([.. context.Config.Where(v => !unset.Contains(v.Key))], set);
        context.Conceal(SecretValues.Of(config));
        if (context.Active is not { } active)
        {
            apps.ReplaceConfig(context.App, config);
            return Task.FromResult<PrepareResult>(new PrepareResult.Nothing("kept for the app's first deployment"));
        }
        return Task.FromResult<PrepareResult>(new PrepareResult.Ready(ReleaseDraft.From(active) with { Config = config }));
    }

    public void Clean()
    {
    }

    private static string Names(string verb, IEnumerable<string> keys)
    {
        var list = string.Join(", ", keys);
        return list.Length == 0 ? "" : $"{verb} {list}";
    }
}

/// <summary>A new release with all that an older one had.</summary>
internal sealed class Rollback(Release to) : IReleaseSource
{
    public string Description => $"rollback to {to.Label}";

    public bool Force => false;

    public Task<PrepareResult> PrepareAsync(PrepareContext context, CancellationToken ct) =>
        Task.FromResult<PrepareResult>(new PrepareResult.Ready(ReleaseDraft.From(to)));

    public void Clean()
    {
    }
}
