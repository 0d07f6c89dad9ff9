using Berth.Model;

namespace Berth.Definitions.Tests;

public sealed class ShellCommandTests
{
    [Theory]
    [InlineData("python web.py", "exec python web.py")]
    [InlineData("  bundle exec puma -p $PORT ", "exec bundle exec puma -p $PORT")]
    [InlineData("./bin/serve \"a b\" # comment", "exec ./bin/serve \"a b\" # comment")]
    [InlineData("exec node server.js", "exec node server.js")]
    public void A_single_command_takes_the_shells_place(string command, string run) => Assert.Equal(run, Run(command));

    [Theory]
    [InlineData("cd web && npm start")]
    [InlineData("migrate; serve")]
    [InlineData("serve | tee log")]
    [InlineData("serve > log 2>&1")]
    [InlineData("RAILS_ENV=production bin/rails server")]
    [InlineData("\"$CMD\" start")]
    [InlineData("$CMD start")]
    [InlineData("(serve)")]
    [InlineData("if true\nthen serve\nfi")]
    [InlineData("while true")]
    [InlineData("cd /app")]
    public void For_all_else_the_shell_waits_for_what_it_started(string command) => Assert.Equal("trap 'exit 143' TERM; " + command, Run(command));

    [Theory]
    [InlineData("SIGQUIT", "trap 'exit 143' TERM QUIT; ")]
    [InlineData("INT", "trap 'exit 143' TERM INT; ")]
    [InlineData("3", "trap 'exit 143' TERM 3; ")]
    [InlineData("SIGTERM", "trap 'exit 143' TERM; ")]
    [InlineData("SIGRTMIN+3", "trap 'exit 143' TERM; ")]
    public void The_shell_waits_at_the_images_own_stop_signal_too(string signal, string trap) => Assert.Equal(trap + "cd web && serve", Run("cd web && serve", signal));

    private static string Run(string command, string? stopSignal = null) => StartCommand.Resolve(
        new ServiceDefinition { Name = "web", Command = command, Scaling = Scaling.FixedAt(1), Source = "Procfile:1" }, imageHasEntrypoint: false, stopSignal)![2];
}
