using System.Buffers.Text;

namespace Berth.Control.Metrics;

/// <summary>Reads the small files in which the kernel shows a control group's counters. A file that is not there, or is no number, is null.</summary>
internal static class ControlFile
{
    /// <summary>More than any of these files has but <c>io.stat</c> of a machine with hundreds of disks, the last of which are then left out.</summary>
    private const int MaxBytes = 16 * 1024;

    /// <summary>A file that holds one number; "max" is <see cref="long.MaxValue"/>.</summary>
    public static long? Number(string path)
    {
        Span<byte> buffer = stackalloc byte[64];
        return Read(path, buffer) is { } length ? Parse(buffer[..length]) : null;
    }

    /// <summary>The number behind a word: of a file of lines <c>key 123</c>, behind <c>\nkey </c>. 0 where the word is not there.</summary>
    public static long? Number(string path, ReadOnlySpan<byte> word) => Sums(path, word, word)?.First;

    /// <summary>The sums of all numbers that stand behind two words: of <c>8:0 rbytes=123</c> with <c>rbytes=</c>, over all devices. 0 where the word is not there.</summary>
    public static (long First, long Second)? Sums(string path, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        // A line end in front, so that the first line's key is found like the others'.
        Span<byte> buffer = stackalloc byte[MaxBytes];
        buffer[0] = (byte)'\n';
        return Read(path, buffer[1..]) is { } length ? (Sum(buffer[..(length + 1)], first), Sum(buffer[..(length + 1)], second)) : null;
    }

    private static long Sum(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        long sum = 0;
        for (int found; (found = text.IndexOf(word)) >= 0;)
        {
            text = text[(found + word.Length)..];
            sum += Parse(text) ?? 0;
        }
        return sum;
    }

    private static long? Parse(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out _) ? number : text.StartsWith("max"u8) ? long.MaxValue : null;

    private static int? Read(string path, Span<byte> buffer)
    {
        try
        {
            // Shared with everybody: a lock on a file of the kernel's would be one more call for nothing.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, buffer, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
