namespace Berth.Cli.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public async Task The_reference_in_docs_is_what_the_program_writes()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Berth.slnx")))
            root = root.Parent!;

        var run = await CommandRun.OfAsync("http://127.0.0.1:1", new TestTerminal(), ["reference"]);

        // Written anew by: berth reference > docs/cli.md
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(root.FullName, "docs", "cli.md"), TestContext.Current.CancellationToken), run.Out);
    }
}
