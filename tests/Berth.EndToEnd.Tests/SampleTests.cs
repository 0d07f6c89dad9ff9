namespace Berth.EndToEnd.Tests;

/// <summary>The other samples, deployed as they are.</summary>
public sealed class SampleTests(SharedServer shared)
{
    [Theory]
    [InlineData("python-hello", "Hello from Python")]
    [InlineData("node-hello", "Hello from Node")]
    [InlineData("ruby-hello", "Hello from Ruby")]
    [InlineData("php-hello", "Hello from PHP")]
    [InlineData("go-hello", "Hello from Go")]
    [InlineData("rust-hello", "Hello from Rust")]
    [InlineData("dotnet-hello", "Hello from .NET")]
    [InlineData("static-hello", "Hello from a file")]
    [InlineData("ruby-sinatra", "Hello from Sinatra")]
    [InlineData("dockerfile-cmd", "Hello from a CMD")]
    public async Task A_sample_is_built_and_answers(string sample, string answer)
    {
        var berth = await shared.StartedAsync();

        var deployed = (await berth.CliAsync("deploy", SourceFolder.Sample(sample))).Succeeded();

        Assert.Contains($"http://{sample}.localhost:{berth.Site.Port}", deployed.Stdout, StringComparison.Ordinal);
        Assert.Contains(answer, await berth.PageAsync(sample), StringComparison.Ordinal);
    }
}
