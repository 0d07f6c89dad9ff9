using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Berth.Parsers;

/// <summary>Time to read a well-formed file against its size: linear, if the time for a KiB stays the same.</summary>
internal static class Scaling
{
    private const int Rounds = 15;

    public static void Run(TextWriter output)
    {
        output.WriteLine("| reader | size | services or variables | median | per KiB | allocated |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var reader in Reader.All)
        {
            foreach (int kib in new[] { 2, 8, 32, 128, 512, 1024 })
                Measure(output, reader, kib * 1024);
        }
    }

    private static void Measure(TextWriter output, Reader reader, int size)
    {
        var text = new StringBuilder(reader.Head);
        for (int i = 0; ; i++)
        {
            var line = string.Format(CultureInfo.InvariantCulture, reader.Line, i);
            if (text.Length + line.Length > size)
                break;
            text.Append(line);
        }
        var file = Encoding.UTF8.GetBytes(text.ToString());
        var definition = reader.Read(file).Definition!;
        int things = definition.Services.Count + definition.Env.Count;
        var times = new List<double>();
        long allocated = 0;
        for (int round = 0; round < Rounds; round++)
        {
            GC.Collect();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            reader.Read(file);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        times.Sort();
        double median = times[Rounds / 2];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {reader.Path} | {size / 1024} KiB | {things:N0} | {median / 1000:0.00} ms | {median / size * 1024:0.0} µs | {allocated / 1048576.0:0.0} MiB |"));
    }
}
