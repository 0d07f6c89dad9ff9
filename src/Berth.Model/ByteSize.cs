using System.Globalization;

namespace Berth.Model;

/// <summary>Sizes in bytes, read and written in binary units (<c>512M</c> is 512 MiB, as Docker and Cloud Foundry have it).</summary>
public static class ByteSize
{
    public const long KiB = 1024;
    public const long MiB = 1024 * KiB;
    public const long GiB = 1024 * MiB;
    public const long TiB = 1024 * GiB;

    /// <summary>Reads <c>64</c>, <c>64B</c>, <c>64K</c>, <c>64KB</c>, <c>1.5G</c>, <c>1 GiB</c> …, upper or lower case. False where it is none, negative or past 2⁶³.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.Trim();
        int digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
            digits++;
        if (digits is 0 or > 20 || !decimal.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = trimmed[digits..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "K" or "KB" or "KIB" => KiB,
            "M" or "MB" or "MIB" => MiB,
            "G" or "GB" or "GIB" => GiB,
            "T" or "TB" or "TIB" => TiB,
            _ => 0,
        };
        if (unit == 0 || number > long.MaxValue / unit)
            return false;
        bytes = (long)(number * unit);
        return true;
    }

    /// <summary>The shortest exact form in binary units: <c>512M</c>, <c>1G</c>, <c>1500K</c>.</summary>
    public static string Format(long bytes) => bytes switch
    {
        > 0 when bytes % TiB == 0 => $"{bytes / TiB}T",
        > 0 when bytes % GiB == 0 => $"{bytes / GiB}G",
        > 0 when bytes % MiB == 0 => $"{bytes / MiB}M",
        > 0 when bytes % KiB == 0 => $"{bytes / KiB}K",
        _ => $"{bytes}B",
    };

    /// <summary>For people, one decimal at most: <c>1.5 GB</c>.</summary>
    public static string ForPeople(long bytes)
    {
        var (unit, name) = bytes switch
        {
            >= TiB => (TiB, "TB"),
            >= GiB => (GiB, "GB"),
            >= MiB => (MiB, "MB"),
            >= KiB => (KiB, "KB"),
            _ => (1L, "B"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / unit:0.#} {name}");
    }
}
