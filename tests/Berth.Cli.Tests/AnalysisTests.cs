using System.Text.Json.Nodes;

namespace Berth.Cli.Tests;

public sealed class AnalysisTests
{
    private const string Nowhere = "http://127.0.0.1:1";

    [Fact]
    public async Task Each_service_is_shown_with_its_place_its_defaults_and_how_it_starts_without_a_server()
    {
        using var source = new SourceFolder().Write("Procfile", "# what runs\nweb: gunicorn app:app\nworker: python w.py\n").Write("requirements.txt", "");

        var report = await JsonAsync(Nowhere, source, ExitCodes.Done);

        Assert.Equal("shop", (string)report["app"]!);
        var web = report["services"]![0]!;
        Assert.Equal(("web", "gunicorn app:app", "built from source", 3000, "auto", 0, "1G", "Procfile:2"),
            ((string)web["name"]!, (string)web["command"]!, (string)web["image"]!, (int)web["port"]!, (string)web["mode"]!, (int)web["instances"]!, (string)web["memory"]!, (string)web["source"]!));
        Assert.Equal(["/bin/sh", "-c", "exec gunicorn app:app"], web["starts_with"]!.AsArray().Select(w => (string)w!));
        Assert.Contains("memory 1G", web["defaults"]!.AsArray().Select(d => (string)d!));
        Assert.Null(report["services"]![1]!["port"]);
        Assert.Contains(report["build"]!.AsArray(), reason => ((string)reason!).Contains("requirements.txt", StringComparison.Ordinal));
        Assert.Empty(report["changes"]!.AsArray());
    }

    [Fact]
    public async Task Every_mistake_of_every_file_is_told_with_its_place_and_the_command_fails()
    {
        using var source = new SourceFolder().Write("Procfile", "web python\nworker:\n").Write(".berth/app.toml", "[services.web]\nprot = 80\n");

        var report = await JsonAsync(Nowhere, source, ExitCodes.Failed);

        Assert.Equal([".berth/app.toml:2:1", "Procfile:1:1", "Procfile:2:1"], report["errors"]!.AsArray().Select(e => $"{e!["file"]}:{e["line"]}:{Math.Min(1, (int)e["column"]!)}"));
        Assert.All(report["errors"]!.AsArray(), e => Assert.False(string.IsNullOrEmpty((string?)e!["code"]) || string.IsNullOrEmpty((string?)e["message"]) || string.IsNullOrEmpty((string?)e["hint"])));
        Assert.Empty(report["services"]!.AsArray());
    }

    [Fact]
    public async Task A_Dockerfile_alone_gives_the_service_cmd_with_its_own_port()
    {
        using var source = new SourceFolder().Write("Dockerfile", "FROM a AS build\nEXPOSE 1\nCMD old\nFROM b\nEXPOSE 8000/tcp \\\n  53/udp\nCMD [\"serve\", \"-v\"]\n");

        var cmd = Assert.Single((await JsonAsync(Nowhere, source, ExitCodes.Done))["services"]!.AsArray())!;

        Assert.Equal(("cmd", 8000, "serve -v"), ((string)cmd["name"]!, (int)cmd["port"]!, string.Join(' ', cmd["starts_with"]!.AsArray())));
    }

    [Fact]
    public async Task A_cron_is_shown_with_when_and_how_it_would_run()
    {
        using var source = new SourceFolder().Write("Procfile", "web: serve\n").Write("requirements.txt", "").Write(".berth/app.toml", "[[crons]]\nname = \"nightly\"\nschedule = \"0 3 * * *\"\ncommand = \"clean\"\n");

        var cron = Assert.Single((await JsonAsync(Nowhere, source, ExitCodes.Done))["crons"]!.AsArray())!;

        Assert.Equal(("nightly", "0 3 * * *", "UTC", "clean", "1h"), ((string)cron["name"]!, (string)cron["schedule"]!, (string)cron["time_zone"]!, (string)cron["command"]!, (string)cron["timeout"]!));
    }

    [Fact]
    public async Task A_folder_with_nothing_in_it_is_refused()
    {
        using var source = new SourceFolder();

        var error = Assert.Single((await JsonAsync(Nowhere, source, ExitCodes.Failed))["errors"]!.AsArray())!;

        Assert.Equal("no-build", (string)error["code"]!);
    }

    [Fact]
    public async Task A_required_variable_that_nobody_has_set_is_missing()
    {
        using var source = new SourceFolder().Write("Procfile", "web: serve\n").Write("requirements.txt", "")
            .Write(".berth/app.toml", "[[env]]\nkey = \"SET\"\nrequired = true\n[[env]]\nkey = \"UNSET\"\nrequired = true\n");
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps/shop/env", """[{"key":"SET","value":"1","source":"manual","sensitive":false}]""");

        var error = Assert.Single((await JsonAsync(api.Url, source, ExitCodes.Failed))["errors"]!.AsArray())!;

        Assert.Contains("UNSET", (string)error["message"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("\"SET\"", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_change_against_the_active_release_is_told_and_what_would_interrupt()
    {
        const string release = """
            {"release":{"id":"shop-vA","release":"v2","created_at":"2024-01-15T10:00:00Z","description":"deploy","active":true,"image":"built from source","services":["web","clock"]},
             "env":[{"key":"A","value":"1","source":"config"},{"key":"KEPT","value":"x","source":"manual"},{"key":"OLD","value":"x","source":"config"}],
             "services":[
              {"name":"web","command":"gunicorn app:app","image":"built from source","port":3000,"mode":"auto","instances":0,"max_instances":20,"memory":"1G","overlaps":true,"source":"Procfile:1"},
              {"name":"worker","command":"python w.py","image":"built from source","mode":"fixed","instances":1,"memory":"1G","overlaps":false,"source":"Procfile:2"},
              {"name":"clock","command":"python c.py","image":"built from source","mode":"fixed","instances":1,"memory":"1G","overlaps":false,"source":"Procfile:3"}]}
            """;
        await using var api = await FakeApi.StartAsync();
        api.Json("GET /v1/apps/shop", Wire.App).Json("GET /v1/apps/shop/releases/v2", release).Json("GET /v1/routes", "[]");
        using var source = new SourceFolder().Write("Procfile", "web: gunicorn shop:app\nworker: python w.py\ncron: cron -f\n").Write("requirements.txt", "")
            .Write(".berth/app.toml", "[[env]]\nkey = \"A\"\nvalue = \"2\"\n[[env]]\nkey = \"KEPT\"\nvalue = \"file\"\n");

        var report = await JsonAsync(api.Url, source, ExitCodes.Done);

        Assert.Equal("v2", (string)report["release"]!);
        Assert.Equal(
        [
            "service web: command gunicorn app:app → gunicorn shop:app",
            "service cron is new",
            "service clock is defined no more and is stopped",
            "variable A has another value",
            "variable OLD is gone",
            "service worker is stopped before its new sandbox starts, so that it never runs twice",
        ], report["changes"]!.AsArray().Select(c => (string)c!["text"]!));
        Assert.DoesNotContain(api.Received, r => !r.Line.StartsWith("GET ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task For_people_the_offending_line_is_shown_with_a_caret()
    {
        using var source = new SourceFolder().Write("Procfile", "web python app.py\n");

        var run = await CommandRun.OfAsync(Nowhere, new TestTerminal(), ["deploy", source.Path, "--analyze", "-a", "shop"]);

        Assert.Equal(ExitCodes.Failed, run.ExitCode);
        Assert.Contains("Procfile:1:1: error:", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 | web python app.py", run.Error, StringComparison.Ordinal);
        Assert.Contains("^", run.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> JsonAsync(string url, SourceFolder source, int exitCode)
    {
        var run = await CommandRun.OfAsync(url, new TestTerminal(), ["deploy", source.Path, "--analyze", "--format", "json", "-a", "shop"]);
        Assert.True(run.ExitCode == exitCode, $"exit code {run.ExitCode}\n{run.Out}\n{run.Error}");
        return JsonNode.Parse(run.Out)!;
    }
}
