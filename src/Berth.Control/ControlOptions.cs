namespace Berth.Control;

/// <summary>Settings of the control plane.</summary>
public sealed record ControlOptions
{
    /// <summary>Folder that holds everything Berth keeps.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Default routes are <c>app.DOMAIN</c>. Default <c>localhost</c>.</summary>
    public string Domain { get; init; } = "localhost";

    /// <summary>Port in the URLs that are shown: the router's first.</summary>
    public int PublicPort { get; init; } = 8080;

    /// <summary>The same of the router's first with TLS; null: it takes none.</summary>
    public int? PublicHttpsPort { get; init; }

    /// <summary>The directory of the authority that gives certificates by ACME. Default Let's Encrypt's.</summary>
    public Uri AcmeDirectory { get; init; } = new("https://acme-v02.api.letsencrypt.org/directory");

    /// <summary>How often it is looked whether a certificate is due. Default 1 minute.</summary>
    public TimeSpan CertificatePeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Engine calls that may start sandboxes at one time, over all apps. Default 8.</summary>
    public int StartsAtOnce { get; init; } = 8;

    /// <summary>How long a client may wait for an app to settle after a scale or a restart. Default 5 minutes.</summary>
    public TimeSpan SettleLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Apps that may be reconciled at one time. Default 16.</summary>
    public int AppsAtOnce { get; init; } = 16;

    /// <summary>How long a start waits for the router to take its routes before it goes on without. Default 15 s.</summary>
    public TimeSpan RouterStartLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whoever waits for a deployment is told what a sandbox lacks that is not ready this long after its start. Default 10 s.</summary>
    public TimeSpan SlowStart { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Every app is looked at again after this long even if nothing happened. Default 5 minutes.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Deployments of one app that may wait in line; one more is refused. Default 10.</summary>
    public int DeploymentQueue { get; init; } = 10;

    /// <summary>Releases of an app that can be gone back to, beside the active one; older ones are removed with their images. Default 20.</summary>
    public int ReleasesKept { get; init; } = 20;

    /// <summary>Deployments of an app that are listed with what they printed; those of kept releases stay in any case. Default 100.</summary>
    public int DeploymentsKept { get; init; } = 100;

    /// <summary>A stack's image that a newer one has replaced is removed when it is this old. Default 30 days.</summary>
    public TimeSpan OldStackAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Bytes that must be free, beside what a source needs, for a deployment to begin. Default 512 MiB.</summary>
    public long DiskReserveBytes { get; init; } = 512L << 20;

    /// <summary>How long logs are kept. Default 7 days.</summary>
    public TimeSpan LogAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Bytes of logs kept per app; the oldest go first. Default 1 GiB.</summary>
    public long LogBytesPerApp { get; init; } = 1L << 30;

    /// <summary>A longer line is cut, and says so. Default 64 KiB.</summary>
    public int LogLineBytes { get; init; } = 64 * 1024;

    /// <summary>How long what a sandbox printed before it was frozen may take to arrive; then its output is not followed until it is thawed. Default 5 s.</summary>
    public TimeSpan LogFrozenQuiet { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked whether a cron is due; a run begins that much late at most. Default 1 s.</summary>
    public TimeSpan CronPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its time a cron's run is made up for that was missed while berthd was away; one that is older is noted as missed. Default 1 hour.</summary>
    public TimeSpan CronLateness { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Runs of a cron that are listed; older ones are forgotten. Default 100.</summary>
    public int CronRunsKept { get; init; } = 100;

    /// <summary>How long it is kept who did what. Default 90 days.</summary>
    public TimeSpan AuditAge { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Entries of that which are kept, and a tenth as many of what was refused; the oldest go first. Default 100,000, some 30 MB.</summary>
    public int AuditEntries { get; init; } = 100_000;

    /// <summary>Characters of a command or an address in it; what is longer is cut. Default 2,000.</summary>
    public int AuditTextLength { get; init; } = 2000;

    /// <summary>How often it is read what a running sandbox uses. Default 10 s.</summary>
    public TimeSpan MetricsPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same in a sandbox's first <see cref="MetricsYouth"/>, when it is most likely to crash. Default 1 s; no period is shorter.</summary>
    public TimeSpan MetricsPeriodYoung { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same of a frozen one, whose memory only the kernel can change. Default 1 minute.</summary>
    public TimeSpan MetricsPeriodAsleep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a sandbox counts as young. Default 1 minute.</summary>
    public TimeSpan MetricsYouth { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long it is kept, in memory: about 70 bytes a reading. Default 1 hour.</summary>
    public TimeSpan MetricsAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Ended sandboxes of which it is kept, over all apps; the oldest go first. Default 1000.</summary>
    public int MetricsEnded { get; init; } = 1000;

    /// <summary>Forwarded connections (<c>berth forward</c>) that may be open, over all apps; one more is refused. Default 1000.</summary>
    public int ForwardsAtOnce { get; init; } = 1000;

    /// <summary>How long a sandbox may take to accept one before it counts as refused. Default 5 s.</summary>
    public TimeSpan ForwardConnectLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Log drains that an app may have. Default 10.</summary>
    public int DrainsPerApp { get; init; } = 10;

    /// <summary>How far a log drain may be behind; what is older is dropped, and the drain is told how many lines that were. Default 64 MiB.</summary>
    public long DrainBacklogBytes { get; init; } = 64L << 20;

    /// <summary>How long a drain's receiver may take for one batch before it counts as failed. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest pause between two tries after failures; the first is 1 s, and it doubles. Default 1 minute.</summary>
    public TimeSpan DrainLongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is written down where a drain is: what was sent since is sent again after a kill. Default 5 s.</summary>
    public TimeSpan DrainSavePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of an uploaded source, unpacked; more is refused. Default 2 GiB.</summary>
    public long MaxSourceBytes { get; init; } = 2L << 30;

    /// <summary>How long a new release that gets the requests may take until one of them is seen to be answered; longer fails the deployment. Default 30 s.</summary>
    public TimeSpan ProofTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that are sent to it meanwhile, one after the other. Default 30.</summary>
    public int ProofTries { get; init; } = 30;

    /// <summary>Longest time for which a release's errors can be watched before it becomes the active one; more is refused. Default 1 hour.</summary>
    public TimeSpan LongestWatch { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a release command may take. Default 10 minutes.</summary>
    public TimeSpan ReleaseCommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a program may take that formats, mounts or unmounts a disk; longer fails the start or the request. Default 2 minutes.</summary>
    public TimeSpan DiskProgramLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a start waits for the last process that has the disk mounted to let go of it; longer fails the start, which is tried again. Default 10 s.</summary>
    public TimeSpan DiskFreeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a sandbox may stand still while its disk is copied for a backup; longer fails the backup. Default 10 minutes.</summary>
    public TimeSpan DiskCopyLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a backup may take to be sent or received; longer breaks it off. Default 6 hours.</summary>
    public TimeSpan DiskTransferLimit { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How often it is looked whether a queue that a service goes by is to be asked. Default 1 s; no interval is shorter.</summary>
    public TimeSpan QueuePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Queues that are asked at one time, over all apps; the others wait. Default 8.</summary>
    public int QueuesAtOnce { get; init; } = 8;

    /// <summary>How long a Redis or a page may take to tell a queue's number. Default 5 s; nothing is stopped by a failure.</summary>
    public TimeSpan QueueAnswerLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same of a command or a query, with the start of its sandbox. Default 30 s.</summary>
    public TimeSpan QueueCommandLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it is looked whether a backup or a proof is due. Default 10 s.</summary>
    public TimeSpan BackupPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after its time a backup waits for a sandbox that starts or ends, before it is noted as failed. Default 10 minutes.</summary>
    public TimeSpan BackupPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the command may take that tries a restored backup; longer fails the proof. Default 30 minutes.</summary>
    public TimeSpan ProofLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Failed backups of a disk that are listed beside those that are there; the oldest are forgotten. Default 20.</summary>
    public int BackupFailuresKept { get; init; } = 20;

    /// <summary>Beside the database: the key by which values in it are encrypted. A backup of the one is worth nothing without the other.</summary>
    internal const string KeysFolderName = "keys";

    public string DatabaseFile => Path.Combine(StateFolder, "berth.db");

    public string LogsFolder => Path.Combine(StateFolder, "logs");

    public string DeploymentsFolder => Path.Combine(StateFolder, "deployments");

    public string BuildsFolder => Path.Combine(StateFolder, "builds");

    /// <summary>What is pushed by git.</summary>
    public string GitFolder => Path.Combine(StateFolder, "git");

    public string DisksFolder => Path.Combine(StateFolder, "disks");

    /// <summary>Of disks, unless a schedule says elsewhere.</summary>
    public string BackupsFolder => Path.Combine(StateFolder, "backups");

    /// <summary>Certificates with their private keys.</summary>
    public string CertificatesFolder => Path.Combine(StateFolder, "certificates");

    public string RouterFolder => Path.Combine(StateFolder, "router");

    /// <summary>The bare git repository of one app; there is none before git first asks for it.</summary>
    public string RepositoryOf(string app) => Path.Combine(GitFolder, app + ".git");

    /// <param name="repository">As git names it, with or without its <c>.git</c>.</param>
    public static string AppOf(string repository) => repository.EndsWith(".git", StringComparison.Ordinal) ? repository[..^4] : repository;
}
