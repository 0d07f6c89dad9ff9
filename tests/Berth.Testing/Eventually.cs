using System.Runtime.CompilerServices;
using Xunit;

namespace Berth.Testing;

/// <summary>For what comes about in the background with nothing to await: asks again until it holds.</summary>
public static class Eventually
{
    /// <summary>Far above anything that a busy machine needs: a test that comes this far has failed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <param name="condition">Cheap, and free of effects.</param>
    /// <param name="what">Named in the failure; the condition itself if left out.</param>
    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        HoldsAsync(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, string)"/>
    public static async Task HoldsAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                Assert.Fail($"did not come about within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
