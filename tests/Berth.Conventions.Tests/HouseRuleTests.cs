namespace Berth.Conventions.Tests;

/// <summary>Rules that keep the tail from rotting (see docs/architecture.md).</summary>
public sealed class HouseRuleTests
{
    private const int MethodLines = 60;
    private const int FileLines = 400;
    private const int TestFileLines = 600;

    [Fact]
    public void No_source_file_is_longer_than_can_be_read_in_one_go()
    {
        var tooLong = Tree.Sources("src").Select(f => (File: f, Lines: File.ReadLines(f).Count(), Limit: FileLines))
            .Concat(Tree.Sources("tests").Select(f => (File: f, Lines: File.ReadLines(f).Count(), Limit: TestFileLines)))
            .Where(f => f.Lines > f.Limit).Select(f => $"{Path.GetRelativePath(Tree.Root, f.File)}: {f.Lines} lines, at most {f.Limit}");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_method_is_longer_than_a_screen()
    {
        var tooLong = Tree.Sources("src").SelectMany(f => Code.Methods(File.ReadAllText(f)).Where(m => m.Length > MethodLines)
            .Select(m => $"{Path.GetRelativePath(Tree.Root, f)}:{m.Line}: {m.Name} has {m.Length} lines, at most {MethodLines}"));

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Tests_do_not_sleep_and_nothing_reads_the_clock_behind_the_back_of_a_TimeProvider()
    {
        string[] forbidden = ["Thread.Sleep(", "DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow"];
        var found = Tree.Sources("src").Concat(Tree.Sources("tests").Where(f => !f.Contains("Conventions", StringComparison.Ordinal)))
            .SelectMany(f => forbidden.Where(w => Code.WithoutComments(File.ReadAllText(f)).Contains(w, StringComparison.Ordinal)).Select(w => $"{Path.GetRelativePath(Tree.Root, f)}: {w}"));

        Assert.Empty(found);
    }

    [Fact]
    public void The_engine_is_spoken_to_by_HTTP_and_only_its_daemon_and_local_processes_are_started_as_programs()
    {
        var starting = Tree.Sources(Path.Combine("src", "Berth.Engines")).Where(f => Code.WithoutComments(File.ReadAllText(f)).Contains("ProcessStartInfo", StringComparison.Ordinal));

        Assert.Equal(["DockerDaemon.cs", "LocalProcess.cs"], starting.Select(Path.GetFileName));
    }

    [Fact]
    public void The_architecture_page_names_every_room()
    {
        var page = File.ReadAllText(Tree.File("docs", "architecture.md"));

        Assert.Empty(Directory.GetDirectories(Tree.File("src")).Select(d => Path.GetFileName(d)!).Where(room => !page.Contains(room, StringComparison.Ordinal)));
    }

    [Fact]
    public void Files_that_the_architecture_page_names_are_there()
    {
        var page = File.ReadAllText(Tree.File("docs", "architecture.md"));
        var named = System.Text.RegularExpressions.Regex.Matches(page, @"`((?:src|tests|docs|bench|samples|eng)/[^`\s]+)`").Select(m => m.Groups[1].Value.TrimEnd('/'));

        Assert.Empty(named.Where(path => !File.Exists(Tree.File(path)) && !Directory.Exists(Tree.File(path))));
    }
}
