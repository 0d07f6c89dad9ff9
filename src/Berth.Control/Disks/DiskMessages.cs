using Berth.Control.Operations;
using Berth.Control.Store;

namespace Berth.Control.Disks;

/// <summary>All messages of this folder.</summary>
internal static class DiskMessages
{
    /// <summary>Of what is worth another try soon.</summary>
    public const string HolderChangesCode = "disk-holder-changes";

    public static OperationError NotFound(string disk) => new(ErrorKind.NotFound, "disk-not-found", $"there is no disk \"{disk}\"; `berth disk list` shows those that are");

    public static OperationError MustExist(string disk) =>
        new(ErrorKind.NotFound, "disk-not-found", $"there is no disk \"{disk}\", and without size_gb none is made; write size_gb, or make it: berth disk create {disk} --size GB");

    public static OperationError Exists(string disk) => new(ErrorKind.Conflict, "disk-exists", $"there is a disk \"{disk}\" already; choose another name");

    public static OperationError BadName(string disk, int limit) =>
        new(ErrorKind.Invalid, "bad-disk-name", $"\"{disk}\" cannot name a disk; use 1 to {limit} letters, digits, dashes, underscores and points, beginning with a letter or digit");

    public static OperationError BadSize(int sizeGb, int limit) => new(ErrorKind.Invalid, "bad-disk-size", $"a disk cannot have {sizeGb} GB; it has 1 to {limit}");

    public static OperationError BadFileSystem(string fileSystem, IEnumerable<string> known) =>
        new(ErrorKind.Invalid, "bad-file-system", $"\"{fileSystem}\" is no file system for a disk; there are {string.Join(", ", known)}");

    public static OperationError InUse(string disk, DiskLease lease) =>
        new(ErrorKind.Conflict, "disk-in-use", $"disk \"{disk}\" is in use by sandbox {lease.Sandbox} of app \"{lease.App}\", and only one at a time can mount it; stop that service, or use a disk of another name");

    public static OperationError Leased(string disk, DiskLease lease) =>
        new(ErrorKind.Conflict, "disk-leased", $"disk \"{disk}\" is in use by sandbox {lease.Sandbox} of app \"{lease.App}\"; scale that service to 0 or delete the app first");

    public static OperationError TakenMeanwhile(string disk) => new(ErrorKind.Conflict, "disk-in-use", $"disk \"{disk}\" was taken by another sandbox at the same moment");

    public static OperationError ProgramMissing(string disk, string program, string package) =>
        new(ErrorKind.Conflict, "disk-program-missing", $"disk \"{disk}\" needs the program {program}, which is not on the server; install it: apt-get install {package}");

    public static OperationError NotMade(string disk, string reason) =>
        new(ErrorKind.Conflict, "disk-not-made", $"disk \"{disk}\" cannot be made: {reason}");

    public static OperationError NotMounted(string disk, string reason) =>
        new(ErrorKind.Conflict, "disk-not-mounted", $"disk \"{disk}\" cannot be mounted: {reason}; berthd has to run as root, with loop devices");

    public static OperationError NotUnmounted(string disk, string reason) =>
        new(ErrorKind.Conflict, "disk-not-unmounted", $"disk \"{disk}\" cannot be unmounted: {reason}; end what uses it on the server");

    public static OperationError StillMounted(string disk, string device, TimeSpan limit) =>
        new(ErrorKind.Conflict, "disk-still-mounted", $"disk \"{disk}\" is still mounted by a process of the server {limit.TotalSeconds:0} s after its sandbox ended for the engine; `grep -lw /dev/{device} /proc/[0-9]*/mountinfo` finds it: end it");

    public static OperationError NotCopied(string disk, string reason) =>
        new(ErrorKind.Conflict, "disk-not-copied", $"disk \"{disk}\" cannot be copied: {reason}");

    public static OperationError HolderChanges(string disk, DiskLease lease) =>
        new(ErrorKind.Conflict, HolderChangesCode, $"disk \"{disk}\" cannot be copied while sandbox {lease.Sandbox} starts or ends; try again in a moment");

    public static OperationError NotRestored(string disk, string reason) =>
        new(ErrorKind.Invalid, "disk-not-restored", $"disk \"{disk}\" cannot be restored: {reason}; nothing of it is left");

    public static OperationError NoBackup(string disk) =>
        new(ErrorKind.Invalid, "not-a-backup", $"disk \"{disk}\" cannot be restored: what was sent is no whole backup of a disk; send all that `berth disk backup` wrote");
}
