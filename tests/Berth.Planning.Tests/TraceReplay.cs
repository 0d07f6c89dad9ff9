using Berth.Model;
using Berth.Planning.Autoscaling;

namespace Berth.Planning.Tests;

/// <summary>A day of requests, second by second, through the autoscaler; beside it what one would have done who knew the day in advance.</summary>
/// <param name="SecondsShort">Seconds in which fewer were wanted than the requests need, or than the bound allows.</param>
/// <param name="Cost">Instance-seconds.</param>
/// <param name="LeastCost">Instance-seconds of who knows the future, and like everybody keeps an instance for the delay after its last use.</param>
internal sealed record TraceReplay(int SecondsShort, int Most, long Cost, long LeastCost, int Changes, int DemandChanges)
{
    private const int Day = 24 * 60 * 60;

    public static TraceReplay Of(string trace, Scaling scaling)
    {
        var requests = Requests(trace);
        var window = new DemandWindow();
        var start = new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
        var wanted = new int[Day];
        var needed = new int[Day];
        for (int second = 0; second < Day; second++)
        {
            wanted[second] = Autoscaler.Decide(scaling, window, requests[second], start.AddSeconds(second)).Desired;
            needed[second] = Math.Clamp(Autoscaler.Need(scaling, requests[second]), scaling.MinInstances, scaling.MaxInstances);
        }
        return new(
            SecondsShort: wanted.Zip(needed).Count(pair => pair.First < pair.Second),
            Most: wanted.Max(),
            Cost: wanted.Sum(count => (long)count),
            LeastCost: CostOfKnowing(needed, (int)scaling.ScaleDownDelay.TotalSeconds),
            Changes: CountChanges(wanted),
            DemandChanges: CountChanges(needed));
    }

    /// <summary>Each instance by itself: from each second in which it is needed it is kept for the delay, and no longer.</summary>
    private static long CostOfKnowing(int[] needed, int delay)
    {
        long cost = 0;
        for (int instance = 1; instance <= needed.Max(); instance++)
        {
            var keptUntil = -1;
            for (int second = 0; second < needed.Length; second++)
            {
                if (needed[second] >= instance)
                    keptUntil = second + delay;
                cost += second <= keptUntil ? 1 : 0;
            }
        }
        return cost;
    }

    private static int CountChanges(int[] counts) => counts.Zip(counts.Skip(1)).Count(pair => pair.First != pair.Second);

    private static int[] Requests(string trace)
    {
        var random = new Random(7);
        var requests = new int[Day];
        for (int second = 0; second < Day; second++)
        {
            requests[second] = trace switch
            {
                "steady" => 40 + random.Next(-8, 9),
                "bursty" => second / 60 % 17 == 0 ? 150 + random.Next(60) : random.Next(5),
                "daily" => (int)(60 * (1 - Math.Cos(2 * Math.PI * second / Day))) + random.Next(10),
                _ => second % 3600 == 0 ? 1 : 0,
            };
        }
        return requests;
    }
}
