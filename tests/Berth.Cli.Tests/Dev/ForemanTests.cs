using System.Diagnostics;
using Berth.Testing;

namespace Berth.Cli.Tests.Dev;

/// <summary><c>berth dev</c> beside the programs it is to stand in for, by <c>bench/dev</c>.</summary>
public sealed class ForemanTests
{
    /// <summary>The rest is for <c>bench/dev</c> alone: these three have a release command, variables in commands, and programs below the folder.</summary>
    private static readonly string[] Procfiles = ["forem__forem", "18F__identity-idp", "alphagov__whitehall__Procfile.dev"];

    [Theory]
    [InlineData("foreman")]
    [InlineData("honcho")]
    public async Task Real_Procfiles_give_the_same_services_environments_and_exit_codes(string other)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, other))), $"{other} is not installed");
        var cases = SharedCases.Path("procfile");
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Find(), "bench", "dev")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--berth", Path.Combine(AppContext.BaseDirectory, "berth"), .. Procfiles.Select(name => Path.Combine(cases, name + ".Procfile"))])
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, output + await error);
        foreach (var name in Procfiles)
        {
            Assert.Matches($@"{name} +berth +[0-9]+ services, exit code 7, 0 processes left behind\n", output);
            Assert.Matches($@"{name} +{other} +[0-9]+ services, exit code 7, ", output);
        }
    }
}
