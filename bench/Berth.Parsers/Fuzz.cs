using System.Diagnostics;
using System.Globalization;

namespace Berth.Parsers;

/// <summary>Reads many inputs with each reader: none may crash it, hold it up, or leave something behind.</summary>
internal static class Fuzz
{
    /// <summary>An input that takes longer is taken for one that never ends.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <summary>So many of the slowest inputs are read again: most of them were slow only because the machine did something else.</summary>
    private const int Kept = 1000;

    /// <summary>Number of the input at the watchdog's last look.</summary>
    private static long s_last = -1;

    /// <summary>False if an input broke a reader; its number and the seed make it again.</summary>
    public static bool Run(TextWriter output, string casesFolder, long inputs, int seed)
    {
        output.WriteLine($"{inputs:N0} inputs a reader, seed {seed}, {Environment.ProcessorCount} processors\n");
        output.WriteLine("| reader | inputs | definitions | refused | broken | slowest input | in all | managed memory before and after |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        bool good = true;
        foreach (var reader in Reader.All)
            good &= RunReader(output, reader, casesFolder, inputs, seed);
        output.WriteLine($"\npeak resident memory of the whole run: {Memory.PeakMiB()} MiB");
        return good;
    }

    private static bool RunReader(TextWriter output, Reader reader, string casesFolder, long inputs, int seed)
    {
        var files = Directory.EnumerateFiles(Path.Combine(casesFolder, reader.Cases), reader.Pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        var mutation = new Mutation(files, seed);
        foreach (var file in files)
            reader.Read(file);
        long before = Memory.ManagedKiB();
        long definitions = 0, broken = 0, current = -1;
        var slowest = new PriorityQueue<long, TimeSpan>();
        using var watchdog = new Timer(_ => EndIfStuck(output, reader, Interlocked.Read(ref current), seed), null, Hang, Hang);
        var all = Stopwatch.StartNew();
        for (long number = 0; number < inputs; number++)
        {
            Interlocked.Exchange(ref current, number);
            var input = mutation.Make(number);
            long start = Stopwatch.GetTimestamp();
            var problem = Read(reader, input, ref definitions);
            slowest.Enqueue(number, Stopwatch.GetElapsedTime(start));
            if (slowest.Count > Kept)
                slowest.Dequeue();
            if (problem is null)
                continue;
            broken++;
            output.WriteLine($"{reader.Path}: input {number} of seed {seed}: {problem}");
        }
        var (time, bytes) = slowest.UnorderedItems.Select(item => ReadAgain(reader, mutation.Make(item.Element))).Max();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {reader.Path} | {inputs:N0} | {definitions:N0} | {inputs - definitions - broken:N0} | {broken} | {time.TotalMilliseconds:0.00} ms ({bytes} bytes) | {all.Elapsed.TotalSeconds:0} s | {before:N0} KiB, {Memory.ManagedKiB():N0} KiB |"));
        return broken == 0;
    }

    /// <summary>The best of five readings.</summary>
    private static (TimeSpan Time, int Bytes) ReadAgain(Reader reader, byte[] input)
    {
        var times = Enumerable.Range(0, 5).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            reader.Read(input);
            return Stopwatch.GetElapsedTime(start);
        });
        return (times.Min(), input.Length);
    }

    private static string? Read(Reader reader, byte[] input, ref long definitions)
    {
        try
        {
            var result = reader.Read(input);
            if (result.Definition is not null)
                definitions++;
            return Reader.Problem(result);
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    /// <summary>The same input as at the last look: the process ends, because nothing else ends a loop.</summary>
    private static void EndIfStuck(TextWriter output, Reader reader, long current, int seed)
    {
        if (Interlocked.Exchange(ref s_last, current) != current)
            return;
        output.WriteLine($"{reader.Path}: input {current} of seed {seed} is still being read after {Hang.TotalSeconds} seconds");
        Environment.Exit(1);
    }
}
