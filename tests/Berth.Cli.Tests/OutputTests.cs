using System.Text.Json;

namespace Berth.Cli.Tests;

/// <summary>Second table: what the server answers → what is printed.</summary>
public sealed class OutputTests
{
    public static TheoryData<string, string, string, string> Table => new()
    {
        {
            "app list", "GET /v1/apps", Wire.Apps,
            """
            NAME        VERSION                      DEPLOYED  COMMIT
            shop        shop-vCVkjR6u7744AsMebwMjGU  1d ago    5f4dd55
            conference  -                            -         -

            """
        },
        { "app list", "GET /v1/apps", $"[{Wire.FailedApp}]", "NAME    VERSION  DEPLOYED        COMMIT\nbroken  -        never (failed)  -\n" },
        {
            "app broken", "GET /v1/apps/broken", Wire.FailedApp,
            """
            name:     broken
            status:   failed
            release:  none yet
            deployed: never
            failed:   the last deployment, 1m ago: Procfile:1: no service; deploy again, or remove the app: berth app delete broken
            commit:   -
            created:  45s ago

            """
        },
        { "app list", "GET /v1/apps", "[]", "NAME  VERSION  DEPLOYED  COMMIT\n" },
        {
            "sandbox-pool list", "GET /v1/pools", $"[{Wire.Pool}]",
            """
            ID                          VERSION                      SERVICE  DESIRED  CURRENT  READY
            pool-CVkjTGJhRddyZDVq9CmnN  shop-vCVkjR6u7744AsMebwMjGU  web      3        2        1

            """
        },
        {
            "sandbox list --all", "GET /v1/sandboxes", $"[{Wire.Sandbox},{Wire.ExitedSandbox}]",
            """
            ID          SERVICE  POOL    ADDRESS       STATUS
            shop-web-2  web      pool-A  10.8.32.9/24  running
            shop-web-0  web      pool-A  -             exited (1)

            """
        },
        {
            "sandbox metrics", "GET /v1/sandboxes/metrics", Wire.Metrics,
            """
            SANDBOX     SERVICE  MEMORY   LIMIT  PEAK   CPU%  THROTTLED  PIDS  READ    WRITTEN
            shop-web-1  web      48.5 MB  64 MB  60 MB  12.5  1.5s       3     4.5 KB  0 B
            shop-web-2  web      1 MB     -      -      -     0.0s       1     0 B     0 B

            """
        },
        {
            "app shop --graph", "GET /v1/apps/shop/metrics", Wire.AppMetrics,
            """
            web CPU  50 %, at most 100 %
               100 % ▕   █
                     ▕   █
                     ▕  ▂██
                   0 ▕ ▁███
            web memory  4 MB, at most 8 MB; 1 sandbox with at most 64 MB each
                8 MB ▕  █
                     ▕ ██
                     ▕▄████
                   0 ▕█████
                      1m ago now


            """
        },
        {
            "drain list", "GET /v1/drains", $"[{Wire.Drain}]",
            """
            ID       APP   URL                        STATE    SENT  DROPPED  WAITING  LAST ERROR
            drain-1  shop  syslog://logs.example.com  failing  1200  17       2 KB     10s ago: connection refused

            """
        },
        {
            "ps shop", "GET /v1/apps/shop/services", $"[{Wire.Service},{Wire.CrashedService}]",
            """
            SERVICE  READY  SCALE        MEMORY  CPU  STATE    COMMAND
            web      1/1    auto         1G      -    running  python app.py
            worker   0/2    fixed (set)  256M    0.5  crashed  (of image shop:v2)

            worker crashed 12s ago: exit code 1, 3 times in a row, next try in 4s (sandbox shop-worker-9)
                Traceback:
                  no queue

            """
        },
        {
            "system df", "GET /v1/system/space", Wire.Space,
            """
            APP   IMAGES  SANDBOXES  LOGS  GIT    RELEASES  TOTAL
            shop  1 GB    -          2 KB  512 B  100 B     1 GB

            SHARED                                           TOTAL
            stacks                                           -
            layers of several images, and of others' images  1.5 MB
            build cache                                      -
            sources being built                              -
            Berth's state                                    64 KB
            free                                             10 GB

            """
        },
        {
            "crashes shop", "GET /v1/apps/shop/crashes", $"[{Wire.Crash}]",
            """
            SANDBOX     SERVICE  RELEASE  WHEN     IN A ROW  REASON
            shop-web-1  web      v2       12s ago  2         killed by SIGSEGV

            """
        },
        {
            "crashes show shop-web-1", "GET /v1/crashes/shop-web-1", Wire.CrashDetails,
            """
            shop-web-1: killed by SIGSEGV after 3.0s, 12s ago, 2 crashes in a row
            service web of shop v2, exit code 139
            changed since v1
              variable A is new
            memory 60 MB of 64 MB when last seen, 0.5s before the end, peak 60 MB with page cache
                ▇
              ▁██
              from 2.0s before the end on; full height is 64 MB
            last lines
              one
              two

            """
        },
        {
            "app shop", "GET /v1/apps/shop", Wire.App,
            """
            name:     shop
            status:   running
            release:  v2 (shop-vCVkjR6u7744AsMebwMjGU)
            deployed: 1d ago
            commit:   5f4dd55
            created:  5d ago
            url:      http://shop.localhost:8080

            SERVICE  READY  SCALE  MEMORY  CPU  STATE    COMMAND
            web      1/1    auto   1G      -    running  python app.py

            """
        },
        { "app status shop", "GET /v1/apps/shop", Wire.App, "running\n" },
        {
            "app history shop", "GET /v1/apps/shop/deployments", $"[{Wire.Deployment("failed", ",\"error\":\"pip said no\"", "build")}]",
            """
            ID     RELEASE  OUTCOME         STARTED  TOOK   DESCRIPTION
            dep-1  v2       failed (build)  30m ago  12.3s  deploy: pip said no

            """
        },
        {
            "releases shop", "GET /v1/apps/shop/releases", $"[{Wire.Release}]",
            """
            RELEASE  VERSION    CREATED  COMMIT   STATE   DESCRIPTION
            v2       shop-vCVk  1h ago   5f4dd55  active  deploy

            """
        },
        {
            "env list -a shop", "GET /v1/apps/shop/env", """[{"key":"KEY","value":"two\nlines","source":"manual"},{"key":"N","value":"x y","source":"config"}]""",
            """
            KEY  SOURCE  VALUE
            KEY  manual  two^Jlines
            N    config  x y

            """
        },
        {
            "env list -a shop", "GET /v1/apps/shop/env", """[{"key":"KEY","value":"hunter2","source":"manual","sensitive":true}]""",
            """
            KEY  SOURCE  VALUE
            KEY  manual  ********

            """
        },
        {
            "env list -a shop --reveal", "GET /v1/apps/shop/env", """[{"key":"KEY","value":"hunter2","source":"manual","sensitive":true}]""",
            """
            KEY  SOURCE  VALUE
            KEY  manual  hunter2

            """
        },
        {
            "route list", "GET /v1/routes", Wire.Routes,
            """
            HOST               APP   DEFAULT  RULES
            shop.example.com   shop  default  -
            b.example.com/api  blog  -        password of ann, only from 10.0.0.0/8, 2.5 s, TLS only, v5=10%

            """
        },
        {
            "token list", "GET /v1/tokens", """[{"id":"tok-1","name":"ci","role":"deployer","apps":["shop","blog"],"created_at":"2024-01-15T10:30:44Z"},{"id":"tok-2","name":"me","created_at":"2024-01-15T10:30:44Z"}]""",
            """
            ID     NAME  ROLE      APPS        CREATED  USED
            tok-1  ci    deployer  shop, blog  1s ago   -
            tok-2  me    admin     all         1s ago   -

            """
        },
        { "token create ci", "POST /v1/tokens", """{"id":"tok-1","name":"ci","secret":"s3cret"}""", "s3cret\n" },
        { "create", "POST /v1/apps", Wire.NewApp, "conference\n" },
        { "open shop", "GET /v1/apps/shop", Wire.App, "http://shop.localhost:8080\n" },
        { "version", "GET /v1/version", """{"version":"9.9.9","engine":"docker 20.10.24"}""", "berth 0.1.0\nberthd 9.9.9 (docker 20.10.24)\n" },
        { "scale web=3 -a shop --no-wait", "POST /v1/apps/shop/scale", $"[{Wire.Service}]", "SERVICE  READY  SCALE  MEMORY  CPU  STATE    COMMAND\nweb      1/1    auto   1G      -    running  python app.py\n" },
        { "logs shop", "GET /v1/apps/shop/logs", Wire.Log, "E 2024-01-15 10:30:45: [web] boom \e[31mred\n" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task An_answer_is_printed_for_people(string typed, string line, string answer, string expected)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json(line, answer);

        var run = await CommandRun.OfAsync(api, typed.Split(' '));

        Assert.Equal(expected.ReplaceLineEndings("\n"), run.Out);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    public static TheoryData<string, string, string> Listings => new()
    {
        { "app list", "GET /v1/apps", Wire.Apps },
        { "app shop", "GET /v1/apps/shop", Wire.App },
        { "ps shop", "GET /v1/apps/shop/services", $"[{Wire.Service},{Wire.CrashedService}]" },
        { "sandbox-pool list", "GET /v1/pools", $"[{Wire.Pool}]" },
        { "sandbox list", "GET /v1/sandboxes", $"[{Wire.Sandbox},{Wire.ExitedSandbox}]" },
        { "sandbox metrics", "GET /v1/sandboxes/metrics", Wire.Metrics },
        { "app shop --graph", "GET /v1/apps/shop/metrics", Wire.AppMetrics },
        { "drain list", "GET /v1/drains", $"[{Wire.Drain}]" },
        { "releases shop", "GET /v1/apps/shop/releases", $"[{Wire.Release}]" },
        { "route list", "GET /v1/routes", Wire.Routes },
        { "env list -a shop", "GET /v1/apps/shop/env", """[{"key":"A","value":"<tag> & 'ä'","source":"manual","sensitive":false,"secret":false}]""" },
        { "token list", "GET /v1/tokens", "[]" },
    };

    [Theory]
    [MemberData(nameof(Listings))]
    public async Task Format_json_prints_the_objects_of_the_api(string typed, string line, string answer)
    {
        await using var api = await FakeApi.StartAsync();
        api.Json(line, answer);

        var run = await CommandRun.OfAsync(api, [.. typed.Split(' '), "--format", "json"]);

        using var wanted = JsonDocument.Parse(answer);
        using var printed = JsonDocument.Parse(run.Out);
        Assert.True(JsonElement.DeepEquals(Normal(wanted), Normal(printed)), run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Json_log_lines_stay_one_a_line()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines("GET /v1/apps/shop/logs", Wire.Log, Wire.Log);

        var run = await CommandRun.OfAsync(api, "logs", "shop", "--format", "json");

        Assert.Equal(2, run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("\e", run.Out);
    }

    [Fact]
    public async Task On_a_terminal_escapes_in_a_log_line_are_spelled_out()
    {
        await using var api = await FakeApi.StartAsync();
        api.Lines("GET /v1/apps/shop/logs", """{"time":"2024-01-15T10:30:45Z","stream":"S","service":"web","sandbox":"x","text":"\u001b]0;owned\u0007\u009b2J\r\u0000\u202etxt\tend"}""");

        var run = await CommandRun.OfAsync(api.Url, new TestTerminal(isTerminal: true), ["logs", "shop"], new() { ["NO_COLOR"] = "1" });

        Assert.Equal("S 2024-01-15 10:30:45: [web] ^[]0;owned^G\\u009b2J^M^@\\u202etxt\tend\n", run.Out);
    }

    [Fact]
    public async Task Tables_have_colour_on_a_terminal_only_and_not_with_no_color()
    {
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps", "[]");

        var coloured = await CommandRun.OfAsync(api.Url, new TestTerminal(isTerminal: true), ["apps"]);
        var plain = await CommandRun.OfAsync(api.Url, new TestTerminal(isTerminal: true), ["apps"], new() { ["NO_COLOR"] = "1" });

        Assert.Contains("\e[1m", coloured.Out);
        Assert.DoesNotContain("\e", plain.Out);
    }

    /// <summary>Numbers and times may be written differently and mean the same.</summary>
    private static JsonElement Normal(JsonDocument document) =>
        JsonDocument.Parse(document.RootElement.GetRawText().Replace("+00:00\"", "Z\"", StringComparison.Ordinal)).RootElement;
}
