namespace Berth.Cli.Tests;

/// <summary>Answers of the API as they go over the wire; written by hand, so that a change of the contract shows.</summary>
internal static class Wire
{
    public const string Service = """
        {"name":"web","command":"python app.py","image":"shop:v2","port":3000,"mode":"auto","scaled_by_person":false,
         "desired":1,"current":1,"ready":1,"memory_bytes":1073741824,"status":"running"}
        """;

    public const string CrashedService = """
        {"name":"worker","image":"shop:v2","mode":"fixed","scaled_by_person":true,"desired":2,"current":1,"ready":0,"memory_bytes":268435456,"cpu":0.5,
         "status":"crashed","last_crash":{"sandbox":"shop-worker-9","at":"2024-01-15T10:30:33Z","exit_code":1,"out_of_memory":false,"count":3,
         "next_try_at":"2024-01-15T10:30:49Z","last_lines":["Traceback:","  no queue"]}}
        """;

    public const string App = $$"""
        {"name":"shop","version":"shop-vCVkjR6u7744AsMebwMjGU","release":"v2","deployed_at":"2024-01-14T10:30:45Z","commit":"5f4dd55",
         "created_at":"2024-01-10T10:30:45Z","urls":["http://shop.localhost:8080"],"status":"running","services":[{{Service}}]}
        """;

    public const string NewApp = """{"name":"conference","created_at":"2024-01-15T10:30:00Z","urls":[],"status":"new","services":[]}""";

    public const string FailedApp = """
        {"name":"broken","created_at":"2024-01-15T10:30:00Z","urls":[],"status":"failed","services":[],"last_failure":{"deployment":"dep-1","at":"2024-01-15T10:29:45Z","error":"Procfile:1: no service"}}
        """;

    public const string Apps = """
        [{"name":"shop","version":"shop-vCVkjR6u7744AsMebwMjGU","release":"v2","deployed_at":"2024-01-14T10:30:45Z","commit":"5f4dd55",
         "urls":["http://shop.localhost:8080"],"status":"running"},{"name":"conference","urls":[],"status":"new"}]
        """;

    public const string Pool = """
        {"id":"pool-CVkjTGJhRddyZDVq9CmnN","version":"shop-vCVkjR6u7744AsMebwMjGU","app":"shop","service":"web","desired":3,"current":2,"ready":1}
        """;

    public const string Sandbox = """
        {"id":"shop-web-2","app":"shop","service":"web","pool":"pool-A","version":"shop-v1","address":"10.8.32.9/24","status":"running","in_flight":0}
        """;

    public const string OlderSandbox = """
        {"id":"shop-web-1","app":"shop","service":"web","pool":"pool-A","version":"shop-v1","status":"running","in_flight":0}
        """;

    public const string ExitedSandbox = """
        {"id":"shop-web-0","app":"shop","service":"web","pool":"pool-A","version":"shop-v1","status":"exited (1)","in_flight":0}
        """;

    public const string Metrics = """
        [{"sandbox":"shop-web-1","app":"shop","service":"web","at":"2024-01-15T10:30:40Z","memory_bytes":50855936,"memory_peak_bytes":62914560,"memory_limit_bytes":67108864,
          "cpu_percent":12.5,"cpu_seconds":81.25,"throttled_seconds":1.5,"pids":3,"read_bytes":4608,"written_bytes":0},
         {"sandbox":"shop-web-2","app":"shop","service":"web","at":"2024-01-15T10:30:40Z","memory_bytes":1048576,"cpu_seconds":0,"throttled_seconds":0,"pids":1,"read_bytes":0,"written_bytes":0}]
        """;

    public const string AppMetrics = """
        {"step_seconds":12,"services":[{"service":"web","memory_limit_bytes":67108864,"points":[
          {"at":"2024-01-15T10:29:57Z","sandboxes":1,"cpu_percent":0,"memory_bytes":3145728},
          {"at":"2024-01-15T10:30:09Z","sandboxes":2,"cpu_percent":0.2,"memory_bytes":6291456},
          {"at":"2024-01-15T10:30:21Z","sandboxes":2,"cpu_percent":31.2,"memory_bytes":8388608},
          {"at":"2024-01-15T10:30:33Z","sandboxes":1,"cpu_percent":100,"memory_bytes":4194304},
          {"at":"2024-01-15T10:30:45Z","sandboxes":1,"cpu_percent":50,"memory_bytes":4194304}]}]}
        """;

    public const string Drain = """
        {"id":"drain-1","app":"shop","url":"syslog://logs.example.com","created_at":"2024-01-15T10:00:00Z","state":"failing","sent":1200,"dropped":17,"waiting_bytes":2048,
         "last_error":"connection refused","last_error_at":"2024-01-15T10:30:35Z"}
        """;

    public const string Crash = """
        {"sandbox":"shop-web-1","app":"shop","service":"web","version":"shop-v2","release":"v2","at":"2024-01-15T10:30:33Z","started_at":"2024-01-15T10:30:30Z",
         "exit_code":139,"signal":"SIGSEGV","out_of_memory":false,"count":2,"reason":"killed by SIGSEGV"}
        """;

    public const string CrashDetails = $$"""
        {"crash":{{Crash}},"last_good":"v1","changes":[{"kind":"added","subject":"variable A","text":"variable A is new"}],"last_lines":["one","two"],
         "memory":{"limit_bytes":67108864,"peak_bytes":62914560,"points":[
           {"at":"2024-01-15T10:30:31Z","bytes":4194304},{"at":"2024-01-15T10:30:32Z","bytes":33554432},{"at":"2024-01-15T10:30:32.5Z","bytes":62914560}]} }
        """;

    public const string Space = """
        {"apps":[{"app":"shop","images":1073741824,"sandboxes":0,"logs":2048,"git":512,"releases":100}],"stacks":0,"other_layers":1572864,"build_cache":0,"sources":0,"state":65536,"free":10737418240}
        """;

    public const string Release = """
        {"id":"shop-vCVk","release":"v2","created_at":"2024-01-15T09:30:45Z","commit":"5f4dd55","description":"deploy","active":true,"image":"shop:v2","services":["web"]}
        """;

    public const string Route = """{"host":"b.example.com","path":"/api","app":"blog","default":false,"timeout_seconds":2.5,"user":"ann","allow":["10.0.0.0/8"],"https_only":true,"share":{"release":"v5","percent":10}}""";

    public const string Routes = $$"""[{"host":"shop.example.com","app":"shop","default":true,"https_only":false},{{Route}}]""";

    public const string Log = """{"time":"2024-01-15T11:30:45+01:00","stream":"E","service":"web","sandbox":"shop-web-1","text":"boom \u001b[31mred"}""";

    public static string Deployment(string outcome, string more = "", string phase = "done", string id = "dep-1") => $$"""
        {"id":"{{id}}","app":"shop","outcome":"{{outcome}}","phase":"{{phase}}","description":"deploy","release":"v2","version":"shop-vX",
        "urls":["http://shop.localhost:8080"],"started_at":"2024-01-15T10:00:00Z","ended_at":"2024-01-15T10:00:12.3Z"{{more}}}
        """.ReplaceLineEndings("");

    public static string Event(string type, string more, int second = 0) =>
        $$"""{"type":"{{type}}","time":"2024-01-15T10:00:{{second:00}}Z","deployment":"dep-1",{{more}}}""";

    public static string Phase(string name, int second = 0) => Event("phase", $"\"phase\":\"{name}\"", second);

    public static string Result(string outcome, string more = "", string phase = "done", int second = 59) =>
        Event("result", $"\"result\":{Deployment(outcome, more, phase)}", second);
}
