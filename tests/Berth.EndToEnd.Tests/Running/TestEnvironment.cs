using System.Globalization;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>What <c>./test</c> provides. A test that needs what is not there is skipped, and says why.</summary>
public static class TestEnvironment
{
    private const string ProgramsVariable = "BERTH_TEST_PROGRAMS";
    private const string EngineVariable = "BERTH_TEST_DOCKER";
    private const string Scheme = "unix://";

    /// <summary>The path of a built program: <c>berthd</c>, <c>berth-router</c>, <c>berth</c>.</summary>
    public static string Program(string name)
    {
        var folder = Environment.GetEnvironmentVariable(ProgramsVariable);
        Assert.SkipUnless(folder is { Length: > 0 }, $"no built programs: {ProgramsVariable} does not name their folder");
        var path = Path.Combine(folder!, name);
        Assert.True(File.Exists(path), $"{ProgramsVariable} is {folder}, which has no {name}");
        return path;
    }

    public static string EngineSocket()
    {
        var address = Environment.GetEnvironmentVariable(EngineVariable);
        Assert.SkipUnless(address?.StartsWith(Scheme, StringComparison.Ordinal) == true, $"no real engine: {EngineVariable}=unix:///path/to/docker.sock is not set");
        return address![Scheme.Length..];
    }

    /// <summary>How much of something a test does: more than its default where a person asks for it.</summary>
    public static int Number(string variable, int standard) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : standard;
}
