using Berth.Planning.Backups;

namespace Berth.Planning.Tests;

public sealed class BackupRetentionTests
{
    [Fact]
    public void The_oldest_beyond_those_that_are_kept_go()
    {
        Assert.Equal(["c", "d"], BackupRetention.Surplus([Good("a"), Good("b"), Good("c"), Good("d")], keep: 2, failuresKept: 1));
    }

    [Fact]
    public void The_last_proven_one_stays_however_old()
    {
        Assert.Equal(["b", "d"], BackupRetention.Surplus([Good("a"), Good("b"), Good("c") with { Proven = true }, Good("d") with { Proven = true }], keep: 1, failuresKept: 1));
    }

    [Fact]
    public void Failures_take_no_backups_place_and_are_counted_by_themselves()
    {
        Assert.Equal(["y", "b"], BackupRetention.Surplus([Failed("x"), Good("a"), Failed("y"), Good("b")], keep: 1, failuresKept: 1));
    }

    [Fact]
    public void One_whose_file_is_away_takes_no_place_of_one_that_is_here()
    {
        Assert.Equal(["d", "e"], BackupRetention.Surplus([Good("a") with { Here = false }, Good("b"), Good("c"), Good("d") with { Here = false }, Good("e")], keep: 2, failuresKept: 1));
    }

    [Fact]
    public void Whatever_is_there_the_newest_good_one_and_the_newest_proven_one_stay()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var all = Enumerable.Range(0, random.Next(0, 20)).Select(i => new BackupView($"{i}", random.Next(5) > 0, random.Next(5) > 0, random.Next(3) == 0)).ToList();
            var keep = random.Next(1, 6);

            var surplus = BackupRetention.Surplus(all, keep, failuresKept: 1);

            var here = all.Where(b => b is { Made: true, Here: true }).ToList();
            Assert.All(here.Take(keep).Concat(here.Where(b => b.Proven).Take(1)), kept => Assert.DoesNotContain(kept.Id, surplus));
            Assert.InRange(here.Count(b => !surplus.Contains(b.Id)), 0, keep + 1);
        }
    }

    private static BackupView Good(string id) => new(id, Made: true, Here: true, Proven: false);

    private static BackupView Failed(string id) => new(id, Made: false, Here: false, Proven: false);
}
