namespace Berth.Cli.Tests;

/// <summary>First table: what is typed → what the server is asked.</summary>
public sealed class RequestTests
{
    private const string Done = "";

    public static TheoryData<string, string, string> Table => new()
    {
        { "create", "POST /v1/apps", "{}" },
        { "create shop", "POST /v1/apps", """{"name":"shop"}""" },
        { "app list", "GET /v1/apps", Done },
        { "apps --format json", "GET /v1/apps", Done },
        { "app", "GET /v1/apps/shop-front", Done },
        { "app shop", "GET /v1/apps/shop", Done },
        { "app -a shop", "GET /v1/apps/shop", Done },
        { "app status shop", "GET /v1/apps/shop", Done },
        { "app history -a shop", "GET /v1/apps/shop/deployments", Done },
        { "app delete shop --yes", "DELETE /v1/apps/shop", Done },
        { "ps", "GET /v1/apps/shop-front/services", Done },
        { "services shop", "GET /v1/apps/shop/services", Done },
        { "scale", "GET /v1/apps/shop-front/services", Done },
        { "scale web=3 worker=2 --no-wait", "POST /v1/apps/shop-front/scale", """{"services":{"web":"3","worker":"2"}}""" },
        { "scale -a shop web=auto --no-wait", "POST /v1/apps/shop/scale", """{"services":{"web":"auto"}}""" },
        { "scale web=auto:1-20 worker=default --no-wait", "POST /v1/apps/shop-front/scale", """{"services":{"web":"auto:1-20","worker":"default"}}""" },
        { "scale web=0 --no-wait", "POST /v1/apps/shop-front/scale", """{"services":{"web":"0"}}""" },
        { "scale web=2 -m 256M --no-wait", "POST /v1/apps/shop-front/scale", """{"services":{"web":"2"},"memory":"256M"}""" },
        { "scale multi-process --process web -i 2 --no-wait", "POST /v1/apps/multi-process/scale", """{"services":{"web":"2"}}""" },
        { "scale shop --process web -i 2 -m 256M --cpu 0.5 --no-wait", "POST /v1/apps/shop/scale", """{"services":{"web":"2"},"memory":"256M","cpu":0.5}""" },
        { "scale shop --process web -m 1G --no-wait", "POST /v1/apps/shop/scale", """{"services":{"web":"same"},"memory":"1G"}""" },
        { "restart shop --no-wait", "POST /v1/apps/shop/restart", "{}" },
        { "restart shop --process web --no-wait", "POST /v1/apps/shop/restart", """{"service":"web"}""" },
        { "rollback", "POST /v1/apps/shop-front/rollback", "{}" },
        { "rollback v3 -a shop", "POST /v1/apps/shop/rollback", """{"release":"v3"}""" },
        { "rollback -a shop --watch 2m", "POST /v1/apps/shop/rollback", """{"watch":"120s"}""" },
        { "system df", "GET /v1/system/space", Done },
        { "crashes", "GET /v1/apps/shop-front/crashes", Done },
        { "crashes show shop-web-1", "GET /v1/crashes/shop-web-1", Done },
        { "releases shop", "GET /v1/apps/shop/releases", Done },
        { "sandbox-pool list", "GET /v1/pools", Done },
        { "pool list -a shop", "GET /v1/pools?app=shop", Done },
        { "sandbox list", "GET /v1/sandboxes", Done },
        { "sandbox list -a shop --all", "GET /v1/sandboxes?app=shop&all=true", Done },
        { "sandbox metrics", "GET /v1/sandboxes/metrics", Done },
        { "sandbox metrics shop-web-1 -a shop", "GET /v1/sandboxes/metrics?app=shop&sandbox=shop-web-1", Done },
        { "app shop --graph", "GET /v1/apps/shop/metrics?points=70", Done },
        { "sandbox stop shop-web-1", "POST /v1/sandboxes/shop-web-1/stop", Done },
        { "logs", "GET /v1/apps/shop-front/logs?lines=100", Done },
        { "logs shop -f --service web -s shop-web-1 --last 5m -n 20 -g -health", "GET /v1/apps/shop/logs?follow=true&service=web&sandbox=shop-web-1&since=2024-01-15T10%3A25%3A45.000Z&lines=20&filter=-health", Done },
        { "logs shop --last 1h30m", "GET /v1/apps/shop/logs?since=2024-01-15T09%3A00%3A45.000Z", Done },
        { "drain add shop syslog+tls://logs.example.com", "POST /v1/apps/shop/drains", """{"url":"syslog\u002Btls://logs.example.com"}""" },
        { "drain list -a shop", "GET /v1/drains?app=shop", Done },
        { "drain remove drain-1", "DELETE /v1/drains/drain-1", Done },
        { "env list", "GET /v1/apps/shop-front/env", Done },
        { "env set A=1 B=x=y,z C= D=$HOME", "PATCH /v1/apps/shop-front/env", """{"set":{"A":"1","B":"x=y,z","C":"","D":"$HOME"},"unset":[]}""" },
        { "config set -a shop A=@file", "PATCH /v1/apps/shop/env", """{"set":{"A":"@file"},"unset":[]}""" },
        { "env set --secret TOKEN=long-enough", "PATCH /v1/apps/shop-front/env", """{"set":{"TOKEN":"long-enough"},"unset":[],"secret":true}""" },
        { "env unset A B", "PATCH /v1/apps/shop-front/env", """{"set":{},"unset":["A","B"]}""" },
        { "route list", "GET /v1/routes", Done },
        { "route add shop.example.com --app shop", "POST /v1/routes", """{"host":"shop.example.com","app":"shop"}""" },
        { "route set shop.example.com -a shop", "POST /v1/routes", """{"host":"shop.example.com","app":"shop"}""" },
        { "route remove *.example.com", "DELETE /v1/routes/*.example.com", Done },
        { "route add shop.example.com/api -a shop", "POST /v1/routes", """{"host":"shop.example.com/api","app":"shop"}""" },
        { "route remove shop.example.com/api", "DELETE /v1/routes/shop.example.com/api", Done },
        { "route allow shop.example.com 10.0.0.0/8 192.0.2.7", "PATCH /v1/routes/shop.example.com", """{"allow":["10.0.0.0/8","192.0.2.7"]}""" },
        { "route allow shop.example.com --everyone", "PATCH /v1/routes/shop.example.com", """{"allow":[]}""" },
        { "route timeout shop.example.com 1m30s", "PATCH /v1/routes/shop.example.com", """{"timeout_seconds":90}""" },
        { "route timeout shop.example.com default", "PATCH /v1/routes/shop.example.com", """{"timeout_seconds":0}""" },
        { "route split shop.example.com v5=10%", "PATCH /v1/routes/shop.example.com", """{"share":{"release":"v5","percent":10}}""" },
        { "route split shop.example.com --none", "PATCH /v1/routes/shop.example.com", """{"share":{"release":"","percent":0}}""" },
        { "route unprotect shop.example.com", "PATCH /v1/routes/shop.example.com", """{"login":{"user":""}}""" },
        { "maintenance on -a shop --retry-after 120", "PUT /v1/apps/shop/maintenance", """{"on":true,"retry_after_seconds":120}""" },
        { "route https shop.example.com on", "PATCH /v1/routes/shop.example.com", """{"https_only":true}""" },
        { "cert auto shop.example.com", "PUT /v1/certificates/shop.example.com/automatic", Done },
        { "cert auto shop.example.com --off", "DELETE /v1/certificates/shop.example.com/automatic", Done },
        { "cert list", "GET /v1/certificates", Done },
        { "cert remove *.example.com", "DELETE /v1/certificates/*.example.com", Done },
        { "maintenance on", "PUT /v1/apps/shop-front/maintenance", """{"on":true}""" },
        { "maintenance off", "PUT /v1/apps/shop-front/maintenance", """{"on":false}""" },
        { "route set-default shop", "PUT /v1/routes/default", """{"app":"shop"}""" },
        { "route set-default --none", "PUT /v1/routes/default", "{}" },
        { "token create ci", "POST /v1/tokens", """{"name":"ci"}""" },
        { "token create ci --role deployer --app shop -a blog", "POST /v1/tokens", """{"name":"ci","role":"deployer","apps":["shop","blog"]}""" },
        { "cron list", "GET /v1/apps/shop-front/crons", Done },
        { "cron history nightly -a shop -n 5", "GET /v1/apps/shop/crons/runs?cron=nightly&lines=5", Done },
        { "cron run nightly -a shop", "POST /v1/apps/shop/crons/nightly/run", Done },
        { "audit", "GET /v1/audit?lines=200", Done },
        { "audit -a shop -n 5", "GET /v1/audit?app=shop&lines=5", Done },
        { "token list", "GET /v1/tokens", Done },
        { "token revoke tok-1 --yes", "DELETE /v1/tokens/tok-1", Done },
        { "version", "GET /v1/version", Done },
        { "open shop", "GET /v1/apps/shop", Done },
        { "deploy --image nginx:1 -a shop --force", "POST /v1/apps/shop/deployments?image=nginx%3A1&force=true&create=true", Done },
        { "deploy --image nginx:1 -a shop --watch 1m30s", "POST /v1/apps/shop/deployments?image=nginx%3A1&create=true&watch=90s", Done },
        { "push --image nginx:1 -a shop", "POST /v1/apps/shop/deployments?image=nginx%3A1&create=true", Done },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_command_asks_the_server_for_what_it_means(string typed, string request, string body)
    {
        await using var api = await AnswerAllAsync();

        var run = await CommandRun.OfAsync(api, typed.Split(' '));

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        var received = Assert.Single(api.Received);
        Assert.Equal(request, received.Line);
        Assert.Equal(body, received.Body);
        Assert.Equal("Bearer t0ken", received.Token);
    }

    private static async Task<FakeApi> AnswerAllAsync()
    {
        var api = await FakeApi.StartAsync();
        string[] apps = ["shop", "shop-front", "multi-process"];
        foreach (var app in apps)
        {
            api.Json($"GET /v1/apps/{app}", Wire.App).Json($"DELETE /v1/apps/{app}", "", 204)
                .Json($"GET /v1/apps/{app}/services", $"[{Wire.Service}]").Json($"POST /v1/apps/{app}/scale", $"[{Wire.Service}]").Json($"POST /v1/apps/{app}/restart", $"[{Wire.Service}]")
                .Json($"GET /v1/apps/{app}/deployments", $"[{Wire.Deployment("succeeded")}]").Json($"GET /v1/apps/{app}/releases", $"[{Wire.Release}]")
                .Json($"GET /v1/apps/{app}/env", """[{"key":"A","value":"1","source":"manual"}]""").Lines($"GET /v1/apps/{app}/logs", Wire.Log);
            foreach (var stream in (string[])["POST {0}/rollback", "POST {0}/deployments", "PATCH {0}/env"])
                api.Lines(string.Format(System.Globalization.CultureInfo.InvariantCulture, stream, "/v1/apps/" + app), Wire.Result("succeeded"));
        }
        return api.Json("GET /v1/apps", Wire.Apps).Json("POST /v1/apps", Wire.NewApp, 201)
            .Json("GET /v1/pools", $"[{Wire.Pool}]").Json("GET /v1/sandboxes", $"[{Wire.Sandbox}]").Json("POST /v1/sandboxes/shop-web-1/stop", "", 204)
            .Json("GET /v1/drains", $"[{Wire.Drain}]").Json("POST /v1/apps/shop/drains", Wire.Drain).Json("DELETE /v1/drains/drain-1", "", 204)
            .Json("GET /v1/sandboxes/metrics", Wire.Metrics).Json("GET /v1/apps/shop/metrics", Wire.AppMetrics)
            .Json("GET /v1/apps/shop-front/crashes", $"[{Wire.Crash}]").Json("GET /v1/crashes/shop-web-1", Wire.CrashDetails).Json("GET /v1/system/space", Wire.Space)
            .Json("GET /v1/routes", Wire.Routes).Json("POST /v1/routes", Wire.Routes).Json("PUT /v1/routes/default", Wire.Routes)
            .Json("PATCH /v1/routes/shop.example.com", Wire.Route).Json("DELETE /v1/routes/shop.example.com/api", "", 204)
            .Json("PUT /v1/apps/shop/maintenance", "", 204).Json("PUT /v1/apps/shop-front/maintenance", "", 204)
            .Json("PUT /v1/certificates/shop.example.com/automatic", "", 204).Json("DELETE /v1/certificates/shop.example.com/automatic", "", 204)
            .Json("GET /v1/certificates", "[]").Json("DELETE /v1/certificates/*.example.com", "", 204)
            .Json("DELETE /v1/routes/*.example.com", "", 204)
            .Json("POST /v1/tokens", """{"id":"tok-1","name":"ci","secret":"s3cret"}""").Json("GET /v1/tokens", "[]").Json("GET /v1/audit", "[]")
            .Json("GET /v1/apps/shop-front/crons", "[]").Json("GET /v1/apps/shop/crons/runs", "[]").Json("POST /v1/apps/shop/crons/nightly/run", """{"id":"shop-nightly-1","cron":"nightly","at":"2024-01-15T10:30:44Z","outcome":"running"}""").Json("DELETE /v1/tokens/tok-1", "", 204)
            .Json("GET /v1/version", """{"version":"0.1.0","engine":"docker 20.10.24"}""");
    }
}
