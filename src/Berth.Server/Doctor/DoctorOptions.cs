namespace Berth.Server.Doctor;

/// <summary>From where on something is worth a word.</summary>
internal sealed record DoctorOptions
{
    /// <summary>Longest time for one look; longer is a problem of what was looked at. Default 10 s.</summary>
    public TimeSpan LookLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How far the engine's clock may be from this machine's. Default 5 s.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Less free space than this is a warning; less than a deployment needs (<see cref="Control.ControlOptions.DiskReserveBytes"/>) is a problem. Default 4 GiB.</summary>
    public long LowSpaceBytes { get; init; } = 4L << 30;

    /// <summary>Less memory than this to be had is a warning. Default 256 MiB.</summary>
    public long LowMemoryBytes { get; init; } = 256L << 20;

    /// <summary>A certificate that ends within this is a warning. Default 14 days.</summary>
    public TimeSpan CertificateNotice { get; init; } = TimeSpan.FromDays(14);

    /// <summary>A disk that is fuller than this is a warning, in percent. Default 90.</summary>
    public int FullDiskPercent { get; init; } = 90;

    /// <summary>Names of routes that are looked up at most; there may be thousands. Default 100.</summary>
    public int MostNames { get; init; } = 100;
}
