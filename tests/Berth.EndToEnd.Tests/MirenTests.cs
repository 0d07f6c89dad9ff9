using System.Globalization;
using System.Text.RegularExpressions;
using BusyboxImage = Berth.Testing.BusyboxImage;
using RealEngine = Berth.Testing.RealEngine;

namespace Berth.EndToEnd.Tests;

/// <summary>
/// Every app.toml on Miren's page about services, read out of the page and deployed as it is. The app's own programs and the images of databases, which
/// are in a registry, are played by busybox under their names.
/// </summary>
public sealed partial class MirenTests(SharedServer shared, ITestOutputHelper output)
{
    private const string Page = "miren-services.md";
    private const int NotFound = 3;

    /// <summary>What the examples' commands begin with: a program that listens where it is told a port, and works where it is not.</summary>
    private static readonly string[] Programs = ["npm", "node", "bundle", "gunicorn", "celery", "rq", "server"];

    private const string Program = """
        #!/bin/sh
        [ -n "$PORT" ] || { echo "$0 $* works"; trap exit TERM; while :; do sleep 1 & wait; done; }
        echo "$(basename "$0") $*" >/www/index.html
        exec httpd -f -p "$PORT" -h /www

        """;

    /// <summary>Keeps its name on the disk, if it has one, as a database keeps its tables.</summary>
    private const string Database = "CMD mkdir -p /var/lib/postgresql/data && echo $BERTH_SANDBOX >>/var/lib/postgresql/data/starts && exec httpd -f -p 5432 -h /var/lib/postgresql/data";

    [Fact]
    public async Task Every_example_of_the_page_deploys_unmodified()
    {
        var ct = TestContext.Current.CancellationToken;
        var examples = Examples(ReferencePage.Read(Page));
        Assert.True(examples.Count >= 10, $"only {examples.Count} examples were found");
        var berth = await shared.StartedAsync();
        await using var app = await TinyImage.MakeAsync(ct, "CMD exec /bin/server");
        await using var registry = RealEngine.Connect();
        foreach (var image in examples.SelectMany(e => Image().Matches(e)).Select(m => m.Groups[1].Value).Distinct())
            await BusyboxImage.ImportAsync(registry.Images, ct, image, image.StartsWith("postgres", StringComparison.Ordinal) ? Database : "CMD exec httpd -f -p 6379 -h /www");

        foreach (var example in examples)
        {
            output.WriteLine(example);
            await DeployAsync(berth, app, example, ct);
        }
    }

    private static async Task DeployAsync(BerthServer berth, TinyImage image, string example, CancellationToken ct)
    {
        var name = Name().Match(example) is { Success: true } written ? written.Groups[1].Value : "fragment";
        using var source = SourceFolder.With((".miren/app.toml", example), ("program", Program), ("Dockerfile", $"""
            FROM {image.Reference}
            COPY program /bin/server
            RUN chmod 755 /bin/server; for name in {string.Join(' ', Programs)}; do [ $name = server ] || ln -s server /bin/$name; done
            WORKDIR /bin

            """));

        (await berth.CliAsync("deploy", source.Path, "-a", name)).Succeeded();

        foreach (var service in Service().Matches(example).Select(m => m.Groups[1].Value).Distinct().Where(s => s != "web"))
        {
            var wanted = Regex.Match(example, $@"\[services\.{service}\.concurrency\]\nmode = ""fixed""\nnum_instances = (\d+)") is { Success: true } count
                ? int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture) : 1;
            Assert.Equal(wanted, (await berth.RunningAsync(name, service)).Count);
        }
        if (example.Contains("[services.web", StringComparison.Ordinal))
            Assert.NotEmpty(await berth.PageAsync(name));
        await AssertDisksAsync(berth, name, example, ct);
        (await berth.CliAsync("app", "delete", name, "--yes")).Succeeded();
        await Eventually.BecomesAsync("the app is not known any more", async () => (await berth.CliAsync("app", name)).ExitCode, code => code == NotFound, ct);
        foreach (var disk in Disk().Matches(example).Select(m => m.Groups[2].Value))
            (await berth.CliAsync("disk", "delete", disk, "--yes")).Succeeded();
    }

    private static async Task AssertDisksAsync(BerthServer berth, string app, string example, CancellationToken ct)
    {
        foreach (Match disk in Disk().Matches(example))
        {
            var sandbox = (string)Assert.Single(await berth.RunningAsync(app, disk.Groups[1].Value))["id"]!;
            var listed = (await berth.CliAsync("disk", "list", "--format", "json")).Succeeded().Json.AsArray().Single(d => (string)d!["name"]! == disk.Groups[2].Value)!;
            Assert.Equal(sandbox, (string?)listed["lease"]?["sandbox"]);
            Assert.Equal(int.Parse(disk.Groups[4].Value, CultureInfo.InvariantCulture) * (1L << 30), (long)listed["size_bytes"]!);
            Assert.Equal(sandbox + "\n", (await berth.CliAsync("sandbox", "exec", sandbox, "--", "cat", disk.Groups[3].Value + "/starts")).Succeeded().Stdout);
        }
    }

    private static List<string> Examples(ReferencePage page) =>
        [.. page.FencedBlocks().Where(b => b.Any(line => line.StartsWith("[services.", StringComparison.Ordinal))).Select(b => string.Join('\n', b) + "\n")];

    [GeneratedRegex("^name = \"(.*)\"", RegexOptions.None)]
    private static partial Regex Name();

    [GeneratedRegex("^image = \"(.*)\"", RegexOptions.Multiline)]
    private static partial Regex Image();

    [GeneratedRegex(@"^\[services\.([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex("""\[\[services\.([a-z]+)\.disks\]\]\nname = "(.*)"\nmount_path = "(.*)"\nsize_gb = (\d+)""")]
    private static partial Regex Disk();
}
