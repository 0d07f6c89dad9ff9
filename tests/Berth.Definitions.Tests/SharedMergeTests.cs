using System.Text.Json.Nodes;
using Berth.Model;

namespace Berth.Definitions.Tests;

/// <summary>How app.toml and Procfile go together, by the cases of those whose app.toml it was.</summary>
public sealed class SharedMergeTests
{
    [Fact]
    public void The_two_files_combine_as_where_the_format_comes_from()
    {
        var cases = JsonNode.Parse(File.ReadAllText(GoldenCases.Require("cases/apptoml/merge.json")))!["cases"]!.AsArray();
        // The others ask for a web service made up from the image, which Berth does not make; or for disks, which it does not mount yet.
        var usable = cases.Where(c => c!["expect"]!["services"] is not null && !c["expect"]!.ToJsonString().Contains("disks", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(usable);
        foreach (var item in usable)
        {
            var entries = item!["procfile"]?.AsObject().Select(entry => $"{entry.Key}: {entry.Value}");
            var definition = DefinitionFixture.Read(entries is null ? null : string.Join('\n', entries), item["app_toml"]?.GetValue<string>()).Valid();
            var expected = item["expect"]!["services"]!.AsObject();
            Assert.Equal(expected.Select(service => service.Key).Order(), definition.Services.Select(service => service.Name).Order());
            foreach (var service in definition.Services)
                AssertService(expected[service.Name]!, service);
        }
    }

    private static void AssertService(JsonNode expected, ServiceDefinition service)
    {
        if (expected["image"] is { } image)
            Assert.Equal(image.GetValue<string>(), service.Image ?? "");
        if (expected["env"] is { } env)
            Assert.Equal(env.AsObject().Select(pair => new EnvVar(pair.Key, pair.Value!.GetValue<string>())).OrderBy(v => v.Key), service.Env.OrderBy(v => v.Key));
        // An empty mode is the one thing decided otherwise: a service with only a command has the same defaults as in a Procfile.
        if (expected["concurrency"] is not { } concurrency || concurrency["mode"]!.GetValue<string>().Length == 0)
            return;
        var found = service.Scaling.Mode == ScalingMode.Fixed
            ? $"fixed {service.Scaling.Instances}"
            : $"auto {service.Scaling.RequestsPerInstance} {GoDuration.Format(service.Scaling.ScaleDownDelay)}";
        Assert.Equal(found, string.Join(' ', concurrency.AsObject().Select(pair => pair.Value!.ToString())));
    }
}
