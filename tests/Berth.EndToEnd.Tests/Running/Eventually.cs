namespace Berth.EndToEnd.Tests.Running;

/// <summary>Waits for the thing itself. The limit is generous: it only decides when a test gives up.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks again until the answer is the wanted one, and returns it; fails with the last answer.</summary>
    /// <param name="what">The wanted thing in words, for the message.</param>
    public static async Task<T> BecomesAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> wanted, CancellationToken ct)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
                return answer;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, $"not within {Limit.TotalSeconds} s: {what}; the last answer was: {answer}");
            await Task.Delay(Pause, TimeProvider.System, ct);
        }
    }

    public static Task TrueAsync(string what, Func<Task<bool>> ask, CancellationToken ct) => BecomesAsync(what, ask, answer => answer, ct);
}
