using System.Text;
using FsCheck.Fluent;

namespace Berth.EndToEnd.Tests;

/// <summary>Any value arrives byte for byte: command line → API → store → engine → the process. Each run makes up other values, hundreds for one deployment.</summary>
public sealed class EnvTests(SharedServer shared, ITestOutputHelper output)
{
    private const string App = "env-exact";

    /// <summary>What has a meaning to some shell, parser or format on the way.</summary>
    private static readonly string[] Pieces =
    [
        "a", "Z", "0", " ", "  ", "\t", "\n", "\r", "\r\n", "'", "\"", "`", "\\", "\\n", "$", "$HOME", "${PORT}", "$(id)", "#", " # ", "=", "==", ",", ";", "&", "|", "<", ">", "*", "?", "~", "!", "%20", "%s", "@file", "-x", "--", "{{}}", "((v))",
        "\u0001", "\u001b[31m", "\u007f", "\u0085", "\u00a0", "\u00e9", "e\u0301", "\u200b", "\u202e", "\u2028", "\u20ac", "\u4e2d", "\ufeff", "\uffff", "\U0001f6a2", "\U0010ffff",
    ];

    [Fact]
    public async Task Hundreds_of_values_arrive_as_they_were_given()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var files = SourceFolder.With(("Procfile", $"worker: {TinyImage.Worker}\n"));
        (await berth.CliAsync("create", App)).Succeeded();
        var seed = (ulong)Environment.TickCount64;
        output.WriteLine($"seed {seed}");
        var set = Values("S", 150, seed);
        var pushed = Values("P", 150, seed + 1);
        var fromFiles = Values("F", 10, seed + 2);
        // As long as one variable can be: with its name, "=" and the NUL behind it 128 KiB.
        fromFiles["F_LONG"] = new string('x', 128 * 1024 - "F_LONG=".Length - 1);

        // Before the first release the app keeps them.
        (await berth.CliAsync(["env", "set", "-a", App, .. set.Select(v => $"{v.Key}={v.Value}")])).Succeeded();
        (await berth.CliAsync("deploy", "--image", image.Reference, "--procfile", Path.Combine(files.Path, "Procfile"), "-a", App)).Succeeded();
        await AssertArrivedAsync(berth, set);

        foreach (var (key, value) in fromFiles)
            await File.WriteAllBytesAsync(Path.Combine(files.Path, key), Encoding.UTF8.GetBytes(value), ct);
        (await berth.CliAsync(["env", "set", "-a", App, .. fromFiles.Keys.SelectMany(key => new[] { "--from-file", $"{key}={Path.Combine(files.Path, key)}" })])).Succeeded();
        await AssertArrivedAsync(berth, [.. set, .. fromFiles]);

        // What was pulled is pushed to another name, and again what arrives is what was given.
        (await berth.CliAsync("env", "unset", "-a", App, "F_LONG")).Succeeded();
        (await berth.CliAsync(["env", "set", "-a", App, .. pushed.Select(v => $"{v.Key}={v.Value}")])).Succeeded();
        var dotEnv = Path.Combine(files.Path, ".env");
        (await berth.CliAsync("env", "pull", dotEnv, "-a", App)).Succeeded();
        (await berth.CliAsync(["env", "unset", "-a", App, .. pushed.Keys])).Succeeded();
        (await berth.CliAsync("env", "push", dotEnv, "-a", App)).Succeeded();
        fromFiles.Remove("F_LONG");
        await AssertArrivedAsync(berth, [.. set, .. fromFiles, .. pushed]);

        var listed = (await berth.CliAsync("env", "list", "-a", App, "--format", "json")).Succeeded().Json.AsArray().ToDictionary(v => (string)v!["key"]!, v => (string)v!["value"]!);
        Assert.All(set.Concat(pushed), v => Assert.Equal(v.Value, listed[v.Key]));
    }

    [Fact]
    public async Task A_value_that_no_process_could_get_is_refused()
    {
        var berth = await shared.StartedAsync();
        using var files = SourceFolder.With(("long", new string('x', 128 * 1024 - 4)));
        (await berth.CliAsync("create", "env-long")).Succeeded();

        var refused = (await berth.CliAsync("env", "set", "-a", "env-long", "--from-file", $"LONG={Path.Combine(files.Path, "long")}")).Exited(1);

        Assert.Contains("128 KiB", refused.Stderr, StringComparison.Ordinal);
    }

    /// <summary>Each of the pieces by itself, then what FsCheck puts together of them and of any characters.</summary>
    private static Dictionary<string, string> Values(string prefix, int count, ulong seed)
    {
        // Of the code points only those that no text can have (halves of pairs), and the one that no environment can.
        var character = Gen.Choose(1, 0x10FFFF).Where(code => code is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32);
        var value = Gen.OneOf(Gen.Elements(Pieces), character, Gen.Choose(1, 127).Select(char.ConvertFromUtf32)).ListOf().Select(string.Concat);
        var made = value.Sample(count, new FsCheck.Rnd(seed), 20);
        return Enumerable.Range(0, count).ToDictionary(i => $"{prefix}_{i}", i => i < Pieces.Length ? Pieces[i] : made[i]);
    }

    private static async Task AssertArrivedAsync(BerthServer berth, IEnumerable<KeyValuePair<string, string>> wanted)
    {
        var sandbox = (string)Assert.Single(await berth.RunningAsync(App, "worker"))["id"]!;
        var environ = (await berth.CliAsync("sandbox", "exec", sandbox, "--", "cat", "/proc/1/environ")).Succeeded().Output;
        var arrived = Split(environ).Select(v => (Key: v[..v.IndexOf('=')], Value: v[(v.IndexOf('=') + 1)..])).ToDictionary(v => v.Key, v => v.Value);
        Assert.All(wanted, v => Assert.Equal(Convert.ToHexString(Encoding.UTF8.GetBytes(v.Value)), Convert.ToHexString(Encoding.Latin1.GetBytes(arrived[v.Key]))));
    }

    /// <summary>Each variable, a character for a byte.</summary>
    private static IEnumerable<string> Split(byte[] environ) => Encoding.Latin1.GetString(environ).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
