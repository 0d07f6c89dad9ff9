using System.CommandLine;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth disk schedule NAME SCHEDULE [--keep 7] [--to DIR] [--proof SCHEDULE --check CMD [--service S]]</c>, <c>--off</c></summary>
internal static class DiskScheduleCommand
{
    private const int MaxKeep = 1000;

    public static Command Build(CommandContext context)
    {
        var name = DiskCommand.Name();
        var schedule = new Argument<string?>("schedule") { Description = "When, as five fields in UTC: \"0 3 * * *\"; without it the schedule is shown", Arity = ArgumentArity.ZeroOrOne, HelpName = "SCHEDULE" };
        var keep = new Option<string?>("--keep") { Description = "Backups that are kept; default 7. The last one that was proven stays in any case", HelpName = "COUNT" };
        var folder = new Option<string?>("--to") { Description = "A folder of the server to keep them in; default: its own, beside its state", HelpName = "DIR" };
        var proof = new Option<string?>("--proof") { Description = "When the newest is restored on trial, as five fields in UTC", HelpName = "SCHEDULE" };
        var check = new Option<string?>("--check") { Description = "The command that looks at what was restored, mounted where the service has the disk; 0 is good", HelpName = "COMMAND" };
        var service = SharedOptions.Service("Whose image the check runs in; default: that of the only service with the disk");
        var off = new Option<bool>("--off") { Description = "No backups by themselves any more; those that are there stay" };
        var command = new Command("schedule", "Have the server back a disk up at times, and prove that the backups can be restored") { name, schedule, keep, folder, proof, check, service, off };
        command.SetAction((parse, ct) =>
        {
            var disk = parse.GetRequiredValue(name);
            if (parse.GetValue(off))
                return parse.GetValue(schedule) is null ? EndAsync(context, disk, ct) : throw CliException.Usage(CliMessages.OffOrSchedule);
            if (parse.GetValue(schedule) is { } when)
            {
                var kept = parse.GetValue(keep) is { } count ? Values.Count("--keep", count, 1, MaxKeep) : (int?)null;
                return SetAsync(context, disk, new(when, kept, parse.GetValue(folder), parse.GetValue(proof), parse.GetValue(check), parse.GetValue(service)), ct);
            }
            return new[] { keep, folder, proof, check, service }.All(option => parse.GetValue(option) is null) ? ShowAsync(context, disk, ct) : throw CliException.Usage(CliMessages.ScheduleNeeded(disk));
        });
        return command;
    }

    private static async Task<int> SetAsync(CommandContext context, string disk, DiskScheduleRequest request, CancellationToken ct)
    {
        using var client = context.Connect();
        Tell(context, disk, await client.SetDiskScheduleAsync(disk, request, ct).ConfigureAwait(false));
        return ExitCodes.Done;
    }

    private static async Task<int> EndAsync(CommandContext context, string disk, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.RemoveDiskScheduleAsync(disk, ct).ConfigureAwait(false);
        context.Error.Write($"{disk} is not backed up by itself any more\n");
        return ExitCodes.Done;
    }

    private static async Task<int> ShowAsync(CommandContext context, string name, CancellationToken ct)
    {
        using var client = context.Connect();
        var disk = (await client.ListDisksAsync(ct).ConfigureAwait(false)).FirstOrDefault(d => d.Name == name) ?? throw new CliException(ExitCodes.NotFound, CliMessages.NoDisk(name));
        if (disk.Schedule is { } schedule)
            Tell(context, name, schedule);
        else
            context.Out.Write($"{name} is not backed up by itself\n");
        return ExitCodes.Done;
    }

    private static void Tell(CommandContext context, string disk, DiskScheduleInfo schedule)
    {
        var now = context.Time.GetUtcNow();
        context.Out.Write($"{disk} is backed up at {schedule.Schedule} UTC, next {In(schedule.NextAt, now)}; {schedule.Keep} are kept{(schedule.Folder is { } folder ? $" in {folder}" : "")}\n");
        context.Out.Write(schedule.Proof is { } proof ? $"the newest is proven at {proof} UTC, next {In(schedule.NextProofAt, now)}: {schedule.Check}\n" : "no backup is proven by itself: see --proof\n");
    }

    private static string In(DateTimeOffset? at, DateTimeOffset now) => at is { } then ? "in " + RelativeTime.Short(then - now) : "never";
}
