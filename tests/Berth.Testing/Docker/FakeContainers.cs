using System.Buffers.Binary;
using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

internal sealed class FakeContainers(FakeDocker engine, FakeImages images, FakeNetworks networks)
{
    private readonly Lock _lock = new();
    private readonly List<FakeContainer> _all = [];
    private int _ids;

    public IReadOnlyList<FakeContainer> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    public FakeContainer Get(string nameOrId) =>
        All.FirstOrDefault(c => c.Name == nameOrId) ?? All.FirstOrDefault(c => c.Id.StartsWith(nameOrId, StringComparison.Ordinal))
        ?? throw new FakeRefusal(404, $"No such container: {nameOrId}");

    public async Task AnswerAsync(FakeCall call)
    {
        switch (call.Method, call.Parts)
        {
            case ("POST", [_, "create"]):
                var created = Create(call.Query("name"), await call.BodyAsync());
                await call.JsonAsync(new JsonObject { ["Id"] = created.Id, ["Warnings"] = new JsonArray() }, 201);
                break;
            case ("GET", [_, "json"]):
                var listed = All.Where(c => (call.Flag("all") || c.IsAlive) && Wire.Passes(call.Query("filters"), c.Labels));
                await call.JsonAsync(new JsonArray([.. listed.Select(c => (JsonNode?)Summary(c))]));
                break;
            case ("DELETE", [_, var id]):
                Remove(Get(id), call.Flag("force"));
                await call.StatusAsync(204);
                break;
            case (_, [_, var id, var verb]):
                await AnswerAsync(call, Get(id), verb);
                break;
            default:
                throw new FakeRefusal(404, "page not found");
        }
    }

    private async Task AnswerAsync(FakeCall call, FakeContainer container, string verb)
    {
        switch (call.Method, verb)
        {
            case ("GET", "json"):
                await call.JsonAsync(Details(container));
                break;
            case ("GET", "logs"):
                await StreamLogsAsync(call, container);
                break;
            case ("GET", "archive"):
                await ArchiveAsync(call, container);
                break;
            case ("POST", "wait"):
                await container.WaitUntilAsync(c => !c.IsAlive, call.Ended);
                await call.JsonAsync(new JsonObject { ["StatusCode"] = container.ExitCode });
                break;
            case ("POST", "start"):
                await call.StatusAsync(Start(container));
                break;
            case ("POST", "stop"):
                await call.StatusAsync(Stop(container));
                break;
            case ("POST", "kill"):
                if (!container.IsAlive)
                    throw new FakeRefusal(409, $"Cannot kill container: {container.Id}: Container {container.Id} is not running");
                // Whatever else a signal is, it is no end.
                if (call.Query("signal") is { Length: > 0 } signal && signal is not "SIGKILL")
                    container.Signals.Add(signal);
                else
                    container.Exit(137);
                await call.StatusAsync(204);
                break;
            case ("POST", "pause" or "unpause"):
                Pause(container, verb == "pause");
                await call.StatusAsync(204);
                break;
            default:
                throw new FakeRefusal(404, "page not found");
        }
    }

    private FakeContainer Create(string? name, JsonObject body)
    {
        var image = images.Get((string)body["Image"]!);
        lock (_lock)
        {
            var id = (++_ids).ToString("x8") + new string('f', 56);
            name ??= "unnamed_" + _ids;
            if (_all.FirstOrDefault(c => c.Name == name) is { } taken)
                throw new FakeRefusal(409, $"Conflict. The container name \"/{name}\" is already in use by container \"{taken.Id}\". You have to remove (or rename) that container to be able to reuse that name.");
            var container = new FakeContainer(engine, id, name, image, body);
            if (container.CommandLine.Count == 0)
                throw new FakeRefusal(400, "No command specified");
            _all.Add(container);
            return container;
        }
    }

    private int Start(FakeContainer container)
    {
        if (container.State == "paused")
            throw new FakeRefusal(409, "cannot start a paused container, try unpause instead");
        if (container.IsAlive)
            return 304;
        try
        {
            container.Address = networks.NextAddress(container.Network);
        }
        catch (FakeRefusal refusal)
        {
            container.FailStart(refusal.Message);
            throw;
        }
        if (container.Image.User.Length > 0)
        {
            // The fake knows no users, so none is found: as on a real engine whose image lacks the user.
            var error = $"unable to find user {container.Image.User}: no matching entries in passwd file";
            container.FailStart(error);
            throw new FakeRefusal(400, error);
        }
        container.Start();
        return 204;
    }

    private static int Stop(FakeContainer container)
    {
        if (!container.IsAlive)
            return 304;
        // A paused program does not see SIGTERM: the real engine kills it after the stop timeout.
        container.Exit(container.State == "paused" ? 137 : 143);
        return 204;
    }

    private static void Pause(FakeContainer container, bool on)
    {
        if (!container.IsAlive)
            throw new FakeRefusal(409, $"Container {container.Id} is not running");
        if (container.State == "paused" == on)
            throw new FakeRefusal(on ? 409 : 500, on ? $"Container {container.Id} is already paused" : $"Container {container.Id} is not paused");
        container.Pause(on);
    }

    private void Remove(FakeContainer container, bool force)
    {
        if (container.IsAlive && !force)
            throw new FakeRefusal(409, $"You cannot remove a running container {container.Id}. Stop the container before attempting removal or force remove");
        container.Exit(137);
        lock (_lock)
            _all.Remove(container);
        engine.Announce("destroy", container);
    }

    private JsonObject Summary(FakeContainer container) => new()
    {
        ["Id"] = container.Id,
        ["Names"] = Wire.Array(["/" + container.Name]),
        ["State"] = container.State,
        ["Created"] = container.CreatedAt.ToUnixTimeSeconds(),
        ["Labels"] = Wire.Map(container.Labels),
        ["NetworkSettings"] = new JsonObject { ["Networks"] = Endpoints(container) },
    };

    private JsonObject Endpoints(FakeContainer container) => new()
    {
        [container.Network] = new JsonObject
        {
            ["IPAddress"] = container.IsAlive ? container.Address?.ToString() ?? "" : "",
            ["IPPrefixLen"] = container.IsAlive ? networks.PrefixLength(container.Network) : 0,
        },
    };

    private JsonObject Details(FakeContainer container) => new()
    {
        ["Id"] = container.Id,
        ["Name"] = "/" + container.Name,
        ["Created"] = Wire.Time(container.CreatedAt),
        ["State"] = new JsonObject
        {
            ["Status"] = container.State,
            ["Running"] = container.IsAlive,
            ["Paused"] = container.State == "paused",
            ["OOMKilled"] = container.OutOfMemory,
            ["ExitCode"] = container.ExitCode,
            ["Error"] = container.Error,
            ["StartedAt"] = Wire.Time(container.StartedAt),
            ["FinishedAt"] = Wire.Time(container.FinishedAt),
        },
        ["Config"] = new JsonObject { ["Labels"] = Wire.Map(container.Labels), ["StopTimeout"] = container.Request["StopTimeout"]?.DeepClone() },
        ["NetworkSettings"] = new JsonObject { ["Networks"] = Endpoints(container) },
    };

    private static async Task StreamLogsAsync(FakeCall call, FakeContainer container)
    {
        var since = call.Query("since") is { } text ? Wire.ParseUnix(text) : DateTimeOffset.MinValue;
        await call.Http.Response.StartAsync(call.Ended);
        using var reader = container.Follow();
        for (int sent = 0; ;)
        {
            bool alive = container.IsAlive;
            foreach (var entry in container.Log(sent))
            {
                sent++;
                if (entry.Time >= since)
                    await call.Http.Response.Body.WriteAsync(Frame(entry), call.Ended);
            }
            await call.Http.Response.Body.FlushAsync(call.Ended);
            if (!call.Flag("follow") || !alive)
                return;
            await container.WaitUntilAsync(c => c.LogLength > sent || !c.IsAlive, call.Ended);
        }
    }

    private static byte[] Frame(FakeLogEntry entry)
    {
        byte[] text = [.. Encoding.ASCII.GetBytes(Wire.Time(entry.Time) + " "), .. entry.Bytes];
        return Frame(entry.Stderr, text);
    }

    /// <summary>Eight bytes of head and the text.</summary>
    internal static byte[] Frame(bool stderr, byte[] text)
    {
        var head = new byte[8];
        head[0] = (byte)(stderr ? 2 : 1);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), text.Length);
        return [.. head, .. text];
    }

    private static async Task ArchiveAsync(FakeCall call, FakeContainer container)
    {
        var path = call.Query("path")!;
        if (!container.Image.Files.TryGetValue(path, out var content))
            throw new FakeRefusal(404, $"Could not find the file {path} in container {container.Id}");
        using var buffer = new MemoryStream();
        await using (var tar = new TarWriter(buffer, leaveOpen: true))
        {
            var name = path[(path.LastIndexOf('/') + 1)..];
            await tar.WriteEntryAsync(content.StartsWith("->", StringComparison.Ordinal)
                ? new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = content[2..] }
                : new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }
        call.Http.Response.ContentType = "application/x-tar";
        await call.Http.Response.Body.WriteAsync(buffer.ToArray(), call.Ended);
    }
}
