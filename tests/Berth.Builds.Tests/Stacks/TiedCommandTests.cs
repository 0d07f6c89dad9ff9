using System.Diagnostics;
using Berth.Builds.Stacks;
using Berth.Testing;

namespace Berth.Builds.Tests.Stacks;

public sealed class TiedCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_command_and_all_it_started_end_with_the_pipe_from_the_server()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may make a namespace of processes");
        using var folder = new TemporaryFolder();
        // The grandchild leaves its parent's session, which no signal to a group would reach.
        using var process = Start(folder, "setsid sleep 3600 & echo started; wait");
        Assert.Equal("started", await process.StandardOutput.ReadLineAsync(Ct));
        Assert.True(IsLocked(folder));

        // What the kernel does for a server that is killed.
        process.StandardInput.Close();

        // Every process of it has the other end of this pipe: the end comes when the last is gone.
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        Assert.Equal(137, process.ExitCode);
        Assert.False(IsLocked(folder));
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("true", 0)]
    public async Task The_command_s_own_end_and_exit_code_count(string command, int code)
    {
        using var folder = new TemporaryFolder();
        using var process = Start(folder, command);

        await process.WaitForExitAsync(Ct);

        Assert.Equal(code, process.ExitCode);
    }

    [Fact]
    public async Task A_killed_server_s_leftovers_are_removed_once_nothing_works_there_any_more()
    {
        using var folder = new TemporaryFolder();
        var stacks = new StackWorkFolder(new StackOptions { WorkFolder = folder.Path }, TimeProvider.System);
        var left = stacks.Make();
        await File.WriteAllTextAsync(Path.Combine(left, "half"), "", Ct);
        using var process = Start(folder, "echo started; sleep 3600");
        await process.StandardOutput.ReadLineAsync(Ct);

        var clearing = stacks.ClearAsync(Ct);
        Assert.True(File.Exists(Path.Combine(left, "half")));
        process.StandardInput.Close();
        await clearing;

        Assert.False(Directory.Exists(left));
    }

    private static Process Start(TemporaryFolder folder, string command) =>
        Process.Start(TiedCommand.StartInfo(folder.File("lock"), ["sh", "-c", command]))!;

    private static bool IsLocked(TemporaryFolder folder)
    {
        try
        {
            using var free = new FileStream(folder.File("lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
