using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Testing.Docker;

internal sealed class FakeImages(FakeDocker engine)
{
    private readonly Lock _lock = new();
    private readonly List<FakeImage> _all = [];
    private readonly Dictionary<string, FakeImage> _registry = [];

    public FakeImage Add(string reference, FakeImage image)
    {
        image = image.Identified();
        lock (_lock)
        {
            foreach (var other in _all)
                other.Tags.Remove(Tagged(reference));
            var known = _all.FirstOrDefault(i => i.Id == image.Id);
            if (known is null)
                _all.Add(known = image);
            known.Tags.Add(Tagged(reference));
            return known;
        }
    }

    public IReadOnlyList<FakeImage> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    public void Publish(string reference, FakeImage image)
    {
        lock (_lock)
            _registry[Tagged(reference)] = image;
    }

    public FakeImage Get(string reference) => Find(reference) ?? throw new FakeRefusal(404, $"No such image: {reference}");

    public async Task AnswerAsync(FakeCall call)
    {
        switch (call.Method, call.Parts)
        {
            case ("POST", ["build"]):
                await BuildAsync(call);
                break;
            case ("GET", [_, "json"]):
                await call.JsonAsync(List(call.Query("filters")));
                break;
            case ("POST", [_, "create"]) when call.Query("fromSrc") is not null:
                await ImportAsync(call);
                break;
            case ("POST", [_, "create"]):
                await PullAsync(call, $"{call.Query("fromImage")}:{call.Query("tag")}");
                break;
            case ("GET", [_, .. var name, "json"]):
                await call.JsonAsync(Get(string.Join('/', name)).Describe());
                break;
            case ("POST", [_, .. var name, "tag"]):
                Add($"{call.Query("repo")}:{call.Query("tag")}", Get(string.Join('/', name)));
                await call.StatusAsync(201);
                break;
            case ("DELETE", [_, .. var name]):
                Remove(string.Join('/', name));
                await call.JsonAsync(new JsonArray());
                break;
            default:
                throw new FakeRefusal(404, "page not found");
        }
    }

    private FakeImage? Find(string reference)
    {
        lock (_lock)
            return _all.FirstOrDefault(i => i.Tags.Contains(Tagged(reference)) || i.Id == reference || i.Id["sha256:".Length..].StartsWith(reference, StringComparison.Ordinal));
    }

    private JsonArray List(string? filters)
    {
        lock (_lock)
            return new JsonArray([.. _all.Where(i => Wire.Passes(filters, i.Labels) && IsNamed(i, Wire.Filter(filters, "reference"))).Select(i => (JsonNode?)i.Describe())]);
    }

    /// <summary>Patterns end in <c>/*</c>.</summary>
    private static bool IsNamed(FakeImage image, IReadOnlyList<string> patterns) =>
        patterns.Count == 0 || patterns.Any(pattern => image.Tags.Any(tag => tag.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal)));

    private void Remove(string reference)
    {
        var image = Get(reference);
        lock (_lock)
        {
            bool last = image.Tags.Count <= 1 || image.Id == reference;
            if (last && engine.Containers.FirstOrDefault(c => c.Image.Id == image.Id) is { } user)
                throw new FakeRefusal(409, $"conflict: unable to remove repository reference \"{reference}\" (must force) - container {user.Id[..12]} is using its referenced image {image.Id[7..19]}");
            image.Tags.Remove(Tagged(reference));
            if (last)
                _all.Remove(image);
        }
    }

    private async Task PullAsync(FakeCall call, string reference)
    {
        FakeImage? image;
        lock (_lock)
            image = _registry.GetValueOrDefault(reference);
        if (image is null)
            throw new FakeRefusal(404, $"pull access denied for {call.Query("fromImage")}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied");
        await call.LineAsync(new JsonObject { ["status"] = $"Pulling from library/{call.Query("fromImage")}", ["id"] = call.Query("tag") });
        for (int mebibytes = 1; mebibytes <= 100; mebibytes++)
        {
            var detail = new JsonObject { ["current"] = mebibytes << 20, ["total"] = 100 << 20 };
            await call.LineAsync(new JsonObject { ["status"] = "Downloading", ["id"] = "a1b2c3d4e5f6", ["progressDetail"] = detail });
        }
        await call.LineAsync(new JsonObject { ["status"] = "Pull complete", ["id"] = "a1b2c3d4e5f6", ["progressDetail"] = new JsonObject() });
        Add(reference, image);
        await call.LineAsync(new JsonObject { ["status"] = $"Status: Downloaded newer image for {reference}" });
    }

    private async Task ImportAsync(FakeCall call)
    {
        var changes = call.Http.Request.Query["changes"];
        if (changes.FirstOrDefault(c => !IsChange(c!)) is { } wrong)
            throw new FakeRefusal(400, $"{wrong.Split(' ')[0]} is not a valid change command");
        var image = new FakeImage { Files = await ReadTarAsync(call) };
        foreach (var change in changes)
            image = image.With(change!);
        image = Add($"{call.Query("repo")}:{call.Query("tag")}", image);
        await call.LineAsync(new JsonObject { ["status"] = image.Id });
    }

    private static bool IsChange(string text) =>
        text.Split(' ')[0] is "CMD" or "ENTRYPOINT" or "ENV" or "EXPOSE" or "LABEL" or "USER" or "VOLUME" or "WORKDIR" or "ONBUILD" or "HEALTHCHECK";

    private async Task BuildAsync(FakeCall call)
    {
        var files = await ReadTarAsync(call);
        if (!files.TryGetValue("/" + call.Query("dockerfile"), out var dockerfile))
            throw new FakeRefusal(500, $"Cannot locate specified Dockerfile: {call.Query("dockerfile")}");
        var steps = dockerfile.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var image = new FakeImage();
        for (int i = 0; i < steps.Length; i++)
        {
            await call.LineAsync(new JsonObject { ["stream"] = $"Step {i + 1}/{steps.Length} : {steps[i]}\n" });
            var (verb, rest) = steps[i].Split(' ', 2) is [var v, var r] ? (v, r) : (steps[i], "");
            switch (verb)
            {
                case "FROM" when rest.Split(' ')[0] is var from && from != "scratch" && Find(from) is null:
                    await call.LineAsync(new JsonObject { ["error"] = $"pull access denied for {from}, repository does not exist or may require 'docker login'" });
                    return;
                case "FROM":
                    image = (Find(rest.Split(' ')[0]) ?? new FakeImage()) with { Tags = [] };
                    break;
                case "COPY":
                    image = image with { Files = image.Files.Concat(files).DistinctBy(f => f.Key).ToDictionary() };
                    break;
                case "RUN":
                    var output = new StringBuilder();
                    var code = FakeShell.Interpret(["sh", "-c", rest], image.Env, (text, _) => output.Append(text), input: null) ?? 0;
                    await call.LineAsync(new JsonObject { ["stream"] = output.ToString() });
                    if (code == 0)
                        break;
                    await call.LineAsync(new JsonObject { ["error"] = $"The command '/bin/sh -c {rest}' returned a non-zero code: {code}" });
                    return;
                default:
                    image = image.With(steps[i]);
                    break;
            }
        }
        var labels = JsonSerializer.Deserialize<Dictionary<string, string>>(call.Query("labels") ?? "{}")!;
        image = Add(call.Query("t")!, image with { Labels = image.Labels.Concat(labels).DistinctBy(l => l.Key).ToDictionary() });
        await call.LineAsync(new JsonObject { ["aux"] = new JsonObject { ["ID"] = image.Id } });
        await call.LineAsync(new JsonObject { ["stream"] = $"Successfully tagged {call.Query("t")}\n" });
    }

    /// <summary>Files as text and links, by absolute path.</summary>
    private static async Task<Dictionary<string, string>> ReadTarAsync(FakeCall call)
    {
        var files = new Dictionary<string, string>();
        using var body = new MemoryStream();
        await call.Http.Request.Body.CopyToAsync(body, call.Ended);
        body.Position = 0;
        await using var tar = new TarReader(body);
        while (await tar.GetNextEntryAsync(copyData: true, call.Ended) is { } entry)
        {
            var path = "/" + entry.Name.TrimStart('.', '/');
            if (entry.EntryType == TarEntryType.SymbolicLink)
                files[path] = "->" + entry.LinkName;
            else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                files[path] = entry.DataStream is { } data ? await new StreamReader(data, Encoding.UTF8).ReadToEndAsync(call.Ended) : "";
        }
        return files;
    }

    private static string Tagged(string reference) => reference.LastIndexOf(':') > reference.LastIndexOf('/') ? reference : reference + ":latest";
}
