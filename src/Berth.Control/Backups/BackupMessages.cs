using Berth.Control.Operations;
using Berth.Model;

namespace Berth.Control.Backups;

/// <summary>All messages of this folder.</summary>
internal static class BackupMessages
{
    /// <summary>Of what is worth another try soon.</summary>
    public const string EngineAwayCode = "engine-away";

    public static OperationError EngineAway(string disk, string reason) => new(ErrorKind.Conflict, EngineAwayCode, $"disk \"{disk}\" was not backed up: nobody knows whether a sandbox uses it, because {reason}");

    public static OperationError BadSchedule(string schedule, string problem) =>
        new(ErrorKind.Invalid, "bad-schedule", $"\"{schedule}\" is no schedule: it {problem}; write for example \"0 3 * * *\" for every day at 3:00 UTC");

    public static OperationError BadKeep(int keep, int limit) => new(ErrorKind.Invalid, "bad-keep", $"{keep} backups cannot be kept; write a number from 1 to {limit}");

    public static OperationError BadFolder(string folder) => new(ErrorKind.Invalid, "bad-folder", $"\"{folder}\" is no folder for backups; name one of the server by its whole path, beginning with /");

    public static OperationError FolderUnusable(string folder, string reason) => new(ErrorKind.Conflict, "bad-folder", $"backups cannot be written to {folder} on the server: {reason}");

    public static OperationError CheckNeeded(string disk) =>
        new(ErrorKind.Invalid, "check-needed", $"a proof of disk \"{disk}\" needs a command that looks at what was restored and ends with 0 if it is good; add --check \"COMMAND\"");

    public static OperationError ProofNeeded(string disk) =>
        new(ErrorKind.Invalid, "proof-needed", $"the check of disk \"{disk}\" needs to know when; add --proof \"0 4 * * 0\" for every Sunday at 4:00 UTC");

    public static OperationError NoSchedule(string disk) => new(ErrorKind.NotFound, "no-schedule", $"disk \"{disk}\" has no schedule of backups; make one: berth disk schedule {disk} \"0 3 * * *\"");

    public static OperationError NoCheck(string disk) => new(ErrorKind.Conflict, "no-check", $"there is no check for backups of disk \"{disk}\"; add one to its schedule with --proof and --check");

    public static OperationError NothingToProve(string disk) => new(ErrorKind.Conflict, "no-backup", $"disk \"{disk}\" has no backup yet that could be restored; make one: berth disk backup {disk} --on-server");

    public static OperationError NotFound(string backup) => new(ErrorKind.NotFound, "backup-not-found", $"there is no backup \"{backup}\"; `berth disk backups` shows those that are");

    public static OperationError NotHere(string backup, string path) => new(ErrorKind.Conflict, "backup-away", $"the file of backup \"{backup}\" is not at {path} any more; bring it back or take another");

    public static OperationError Failed(string disk, string problem) => new(ErrorKind.Conflict, "backup-failed", $"disk \"{disk}\" was not backed up: {problem}");

    public static string NoSpace(string folder, long free, long needed) =>
        $"{folder} has {ByteSize.ForPeople(free)} free, but it may take {ByteSize.ForPeople(needed)}; make room, or keep fewer backups";

    public static string NotWritten(string path, string reason) => $"{path} could not be written: {reason}";

    public static string NotRead(string path, string reason) => $"{path} cannot be read: {reason}";

    public static string NoService(string disk, string? service) => service is null
        ? $"no app's active release has a service with disk \"{disk}\", whose image could check it; deploy one"
        : $"no app's active release has a service \"{service}\" with disk \"{disk}\"; name another with --service, or deploy it";

    public static string SeveralServices(string disk, IEnumerable<string> services) => $"several services have disk \"{disk}\" ({string.Join(", ", services)}); choose one with --service";

    public static string CheckFailed(string command, int? exitCode, bool outOfMemory, string lines) =>
        $"the check \"{command}\" ended with exit code {exitCode}{(outOfMemory ? " (out of memory)" : "")}{(lines.Length == 0 ? "" : ": " + lines)}";

    public static string CheckTooLong(string command, TimeSpan limit) => $"the check \"{command}\" was still running after {limit.TotalMinutes:0.#} minutes and was stopped";

    public static string BackedUp(string backup, long bytes) => $"backup {backup} made: {ByteSize.ForPeople(bytes)}";

    public static string Proven(string backup) => $"backup {backup} proven: restored, and the check ended with 0";

    public static string NotProven(string backup, string problem) => $"backup {backup} is NOT proven: {problem}";
}
