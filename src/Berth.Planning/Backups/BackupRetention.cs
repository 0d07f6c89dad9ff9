namespace Berth.Planning.Backups;

/// <param name="Made">It became a backup; otherwise it is the note of a failure.</param>
/// <param name="Here">Its file is where it was written.</param>
/// <param name="Proven">The last time that it was restored, it was good.</param>
public sealed record BackupView(string Id, bool Made, bool Here, bool Proven);

/// <summary>Which backups of a disk may go. Pure.</summary>
public static class BackupRetention
{
    /// <summary>
    /// All but the newest <paramref name="keep"/> that are here. The newest that is proven stays in any case: what came after it may turn out to be worth nothing. One whose file is away is
    /// forgotten no sooner than it would have been removed: its disk may come back.
    /// </summary>
    /// <param name="keep">At least 1.</param>
    /// <param name="failuresKept">Notes of failures that stay.</param>
    public static IReadOnlyList<string> Surplus(IReadOnlyList<BackupView> newestFirst, int keep, int failuresKept)
    {
        var lastProven = newestFirst.FirstOrDefault(b => b is { Made: true, Here: true, Proven: true })?.Id;
        var surplus = new List<string>();
        var (here, failures) = (0, 0);
        foreach (var backup in newestFirst)
        {
            bool kept = !backup.Made ? failures++ < failuresKept : here < keep;
            if (backup is { Made: true, Here: true })
                here++;
            if (!kept && backup.Id != lastProven)
                surplus.Add(backup.Id);
        }
        return surplus;
    }
}
