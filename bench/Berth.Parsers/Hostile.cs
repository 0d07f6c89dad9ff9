using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Berth.Parsers;

/// <summary>Files of 1 MiB made to hurt: each is to be read or refused in 100 ms within 50 MiB.</summary>
internal static class Hostile
{
    private const int Size = 1024 * 1024;
    private const int Rounds = 5;
    private const double MaxMilliseconds = 100;
    private const double MaxMiB = 50;

    private static readonly (string Name, string Path, Func<string> Text)[] Files =
    [
        ("a million lines that are no entry", "Procfile", () => Filled("x\n")),
        ("a million comments", "Procfile", () => Filled("#\n") + "web: x"),
        ("one entry of 1 MiB", "Procfile", () => "web: " + Filled("x", 10)),
        ("a name of 1 MiB", "Procfile", () => Filled("x", 10) + ": x"),
        ("one name again and again", "Procfile", () => Filled("w: x\n")),
        ("all short names", "Procfile", () => Numbered("{0}:x\n")),
        ("colons", "Procfile", () => Filled(":")),
        ("blanks", "Procfile", () => Filled(" ", 10) + "x"),
        ("carriage returns", "Procfile", () => Filled("\r")),
        ("control characters", "Procfile", () => Filled("web: \u0001\n")),
        ("arrays in arrays", ".berth/app.toml", () => "a = " + Filled("[", 10)),
        ("inline tables in inline tables", ".berth/app.toml", () => "a = " + Filled("{a=", 10)),
        ("a key of half a million parts", ".berth/app.toml", () => Filled("a.", 10) + "a = 1"),
        ("a header of half a million parts", ".berth/app.toml", () => "[" + Filled("a.", 10) + "a]"),
        ("an integer of a million digits", ".berth/app.toml", () => "a = " + Filled("9", 10)),
        ("a float of a million digits", ".berth/app.toml", () => "a = 1." + Filled("9", 10)),
        ("a float with a huge exponent", ".berth/app.toml", () => "a = 1e" + Filled("9", 10)),
        ("a hexadecimal number of a million digits", ".berth/app.toml", () => "a = 0x" + Filled("f", 10)),
        ("all short keys", ".berth/app.toml", () => Numbered("{0}=1\n")),
        ("all short keys in one inline table", ".berth/app.toml", () => "a = {" + Numbered("{0}=1,") + "z=1}"),
        ("one key again and again", ".berth/app.toml", () => Filled("a=1\n")),
        ("all short headers", ".berth/app.toml", () => Numbered("[{0}]\n")),
        ("headers of 90 parts", ".berth/app.toml", () => Numbered("[" + string.Concat(Enumerable.Repeat("a.", 90)) + "b{0}]\n")),
        ("one header again and again", ".berth/app.toml", () => Filled("[a]\n")),
        ("[[env]] and nothing else", ".berth/app.toml", () => Filled("[[env]]\n")),
        ("variables", ".berth/app.toml", () => Numbered("[[env]]\nkey='{0}'\nvalue=''\n")),
        ("services", ".berth/app.toml", () => Numbered("[services.{0}]\n")),
        ("ports", ".berth/app.toml", () => "[services]\nweb.ports=[" + Filled("{port=1,name='a'},", 50) + "]"),
        ("an array of numbers", ".berth/app.toml", () => "a = [" + Filled("1,", 10) + "]"),
        ("a string that never ends", ".berth/app.toml", () => "a = \"\"\"" + Filled("x\n", 20)),
        ("escapes", ".berth/app.toml", () => "name = \"" + Filled("\\u00e9", 20) + "\""),
        ("bad escapes", ".berth/app.toml", () => Filled("a=\"\\q\"\n")),
        ("an unknown key of 1 MiB", ".berth/app.toml", () => Filled("x", 10) + "=1"),
        ("unknown keys near to known ones", ".berth/app.toml", () => Numbered("servics{0}=1\n")),
        ("blanks after a key", ".berth/app.toml", () => "a" + Filled(" ", 10)),
        ("one comment", ".berth/app.toml", () => "#" + Filled("x", 10)),
        ("characters of four bytes", ".berth/app.toml", () => "name = '" + string.Concat(Enumerable.Repeat("🚢", Size / 4 - 10)) + "'"),
        ("zeros", ".berth/app.toml", () => Filled("\0")),
        ("lists in lists", "manifest.yml", () => "a: " + Filled("[", 10)),
        ("mappings in mappings", "manifest.yml", () => "a: " + Filled("{a: ", 10)),
        ("ever deeper blocks", "manifest.yml", () => string.Concat(Enumerable.Range(0, 1400).Select(depth => new string(' ', depth) + "a:\n"))),
        ("an alias bomb", "manifest.yml", () => "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1}]\n")) + "applications: *a30\n"),
        ("an alias of itself", "manifest.yml", () => "a: &a [*a]\napplications: *a\n" + Filled("#\n", 50)),
        ("all short keys", "manifest.yml", () => Numbered("{0}: 1\n")),
        ("all short anchors", "manifest.yml", () => Numbered("{0}: &{0} 1\n")),
        ("one key again and again", "manifest.yml", () => Filled("a: 1\n")),
        ("applications", "manifest.yml", () => "applications:\n" + Numbered("- name: a{0}\n")),
        ("a number of a million digits", "manifest.yml", () => "applications:\n- name: a\n  instances: " + Filled("9", 60)),
        ("one text of 1 MiB", "manifest.yml", () => "applications:\n- name: " + Filled("x", 60)),
        ("a text that never ends", "manifest.yml", () => "a: \"" + Filled("x\n", 10)),
        ("a block of text", "manifest.yml", () => "a: |\n" + Filled("  x\n", 10)),
        ("dashes", "manifest.yml", () => Filled("- ", 10)),
        ("question marks", "manifest.yml", () => Filled("? ", 10)),
        ("tags", "manifest.yml", () => Filled("!!x ", 10)),
        ("variables", "manifest.yml", () => "applications:\n- name: a\n  env: {A: \"" + Filled("((x))", 80) + "\"}"),
    ];

    /// <summary>False if a file took longer or more than it may.</summary>
    public static bool Run(TextWriter output)
    {
        output.WriteLine("| file of 1 MiB | reader | answer | first time | median | memory |");
        output.WriteLine("|---|---|---|---|---|---|");
        bool good = true;
        foreach (var (name, path, text) in Files)
            good &= Measure(output, name, Reader.All.First(reader => reader.Path == path), Encoding.UTF8.GetBytes(text()));
        return good;
    }

    private static bool Measure(TextWriter output, string name, Reader reader, byte[] file)
    {
        Debug.Assert(file.Length <= Size, name);
        GC.Collect();
        Memory.ResetPeak();
        long before = Memory.PeakKiB();
        var times = new List<double>();
        string answer = "";
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            var result = reader.Read(file);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            answer = result.Definition is null ? result.Diagnostics[0].Code : "read";
            if (round == 0)
                GC.Collect();
        }
        double memory = Math.Max(0, Memory.PeakKiB() - before) / 1024.0;
        double first = times[0];
        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {reader.Path} | {answer} | {first:0.0} ms | {times[Rounds / 2]:0.0} ms | {memory:0.0} MiB |"));
        return times[Rounds / 2] <= MaxMilliseconds && memory <= MaxMiB;
    }

    /// <summary>As often as it goes into 1 MiB, with some bytes left over.</summary>
    private static string Filled(string piece, int spare = 8) => string.Concat(Enumerable.Repeat(piece, (Size - spare) / piece.Length));

    private static string Numbered(string format)
    {
        var text = new StringBuilder();
        for (int i = 0; ; i++)
        {
            var line = string.Format(CultureInfo.InvariantCulture, format, i);
            if (text.Length + line.Length > Size - 50)
                return text.ToString();
            text.Append(line);
        }
    }
}
