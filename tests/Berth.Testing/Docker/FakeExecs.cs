using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

internal sealed class FakeExecs(FakeContainers containers)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FakeExec> _byId = [];

    public async Task AnswerAsync(FakeCall call)
    {
        switch (call.Method, call.Parts)
        {
            case ("POST", ["containers", var container, "exec"]):
                await call.JsonAsync(new JsonObject { ["Id"] = Create(containers.Get(container), await call.BodyAsync()) }, 201);
                break;
            case ("POST", ["exec", var id, "resize"]):
                Get(id);
                await call.StatusAsync(200);
                break;
            case ("GET", ["exec", var id, "json"]):
                var exec = Get(id);
                await call.JsonAsync(new JsonObject { ["ID"] = id, ["Running"] = exec.ExitCode is null, ["ExitCode"] = exec.ExitCode });
                break;
            default:
                throw new FakeRefusal(404, "page not found");
        }
    }

    private string Create(FakeContainer container, JsonObject request)
    {
        if (container.State != "running")
            throw new FakeRefusal(409, $"Container {container.Id} is {(container.State == "paused" ? "paused, unpause the container before exec" : "not running")}");
        lock (_lock)
        {
            var id = (_byId.Count + 1).ToString("x64");
            _byId.Add(id, new FakeExec(container, request));
            return id;
        }
    }

    public FakeExec Get(string id)
    {
        lock (_lock)
            return _byId.TryGetValue(id, out var exec) ? exec : throw new FakeRefusal(404, $"No such exec instance: {id}");
    }

    /// <summary>Runs it on a connection that was taken over, as <see cref="FakeHijack"/> does.</summary>
    public static async Task RunAsync(FakeExec exec, Stream stdin, Stream stdout, CancellationToken ct)
    {
        bool tty = (bool?)exec.Request["Tty"] ?? false;
        var output = new List<byte[]>();
        // Reads all input first: enough for commands that print what they were given.
        var input = (bool?)exec.Request["AttachStdin"] == true ? await new StreamReader(stdin, Encoding.UTF8).ReadToEndAsync(ct) : "";
        var command = exec.Request["Cmd"]!.AsArray().Select(n => (string)n!).ToList();
        var env = exec.Container.Env.Concat(exec.Request["Env"]?.AsArray().Select(n => (string)n!) ?? []).ToList();
        var code = FakeShell.Interpret(command, env, (text, stderr) => output.Add(tty
            ? Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))
            : FakeContainers.Frame(stderr, Encoding.UTF8.GetBytes(text))), () => input);
        foreach (var bytes in output)
            await stdout.WriteAsync(bytes, ct);
        await stdout.FlushAsync(ct);
        if (code is null)
            await exec.Container.WaitUntilAsync(c => !c.IsAlive, ct);
        exec.ExitCode = code ?? 137;
    }

    internal sealed class FakeExec(FakeContainer container, JsonObject request)
    {
        public FakeContainer Container => container;

        public JsonObject Request => request;

        public int? ExitCode { get; set; }
    }
}
