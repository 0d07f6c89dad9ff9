using System.Runtime.Versioning;
using Berth.Engines.Docker;
using Berth.Model;
using Berth.Testing;
using Berth.Testing.Docker;

namespace Berth.Engines.Tests.Docker;

/// <summary>Which engine is found.</summary>
[SupportedOSPlatform("linux")]
public sealed class DockerHostTests : IAsyncLifetime
{
    private readonly TemporaryFolder _state = new();
    private FakeDocker _docker = null!;

    public async ValueTask InitializeAsync() => _docker = await FakeDocker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _docker.DisposeAsync();
        _state.Dispose();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>No engine of the machine, and no program to start one with.</summary>
    private DockerHostOptions Options => new() { StateDirectory = _state.Path, SystemSocket = _state.File("none.sock"), ProgramFolders = [] };

    [Fact]
    public async Task The_socket_asked_for_is_used_before_any_other()
    {
        foreach (var options in (DockerHostOptions[])[
            Options with { Socket = _docker.Socket, DockerHost = "unix:///none", SystemSocket = "/none" },
            Options with { Socket = "unix://" + _docker.Socket },
            Options with { DockerHost = "unix://" + _docker.Socket, SystemSocket = "/none" }])
        {
            var host = await FindAsync(options);

            Assert.Equal((_docker.Socket, false), (host.Socket, host.IsOwn));
        }
    }

    [Fact]
    public async Task The_machines_engine_is_used_where_none_is_asked_for()
    {
        var host = await FindAsync(Options with { SystemSocket = _docker.Socket, DockerHost = "" });

        Assert.Equal((_docker.Socket, false), (host.Socket, host.IsOwn));
        await host.StopAsync(Ct);
        Assert.DoesNotContain(_docker.Calls, c => c.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_socket_asked_for_that_does_not_answer_is_an_error_and_no_other_is_tried()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => FindAsync(Options with { Socket = "/none.sock", SystemSocket = _docker.Socket }));

        Assert.Equal(EngineError.Unreachable, error.Error);
        Assert.Contains("/none.sock", error.Message);
    }

    [Theory]
    [InlineData("tcp://10.0.0.1:2375")]
    [InlineData("ssh://me@host")]
    [InlineData("/var/run/docker.sock")]
    public async Task A_DOCKER_HOST_that_is_no_unix_socket_is_refused_by_name(string value)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => FindAsync(Options with { DockerHost = value, SystemSocket = _docker.Socket }));

        Assert.Contains($"\"{value}\"", error.Message);
        Assert.Contains("unix:///", error.Message);
    }

    [Fact]
    public async Task Without_engine_and_dockerd_it_is_said_what_to_install()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: others are told to start Docker themselves");
        var nothing = await Assert.ThrowsAsync<EngineException>(() => FindAsync(Options));
        File.WriteAllText(_state.File("dockerd"), "");
        var noFirewall = await Assert.ThrowsAsync<EngineException>(() => FindAsync(Options with { ProgramFolders = [_state.Path] }));

        Assert.Contains("dockerd is not installed", nothing.Message);
        Assert.Contains("iptables is not installed", noFirewall.Message);
        Assert.Contains("apt-get install docker.io iptables", noFirewall.Message);
    }

    [Fact]
    public async Task An_engine_that_ends_at_once_is_an_error_with_the_end_of_its_log()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: others may not start an engine");
        await WriteProgramAsync("dockerd", "echo \"starting with $*\"; echo 'failed to start: no such graph driver'; exit 1");
        await WriteProgramAsync("iptables", "exit 0");

        var error = await Assert.ThrowsAsync<EngineException>(() => FindAsync(Options with { ProgramFolders = [_state.Path], ExtraArguments = ["--it's", "$HOME"] }));

        Assert.Contains("no such graph driver", error.Message);
        Assert.Contains("--live-restore", error.Message);
        Assert.Contains("--it's $HOME\n", error.Message);
        Assert.Contains(Path.Combine(_state.Path, "docker", "dockerd.log"), error.Message);
    }

    [Fact]
    public async Task A_log_that_grew_too_large_is_put_aside()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: others may not start an engine");
        await WriteProgramAsync("dockerd", "exit 1");
        await WriteProgramAsync("iptables", "exit 0");
        Directory.CreateDirectory(_state.File("docker"));
        await File.WriteAllTextAsync(_state.File("docker/dockerd.log"), "old lines", Ct);

        await Assert.ThrowsAsync<EngineException>(() => FindAsync(Options with { ProgramFolders = [_state.Path], MaxLogBytes = 5 }));

        Assert.Equal("old lines", await File.ReadAllTextAsync(_state.File("docker/dockerd.log.1"), Ct));
        Assert.Equal("", await File.ReadAllTextAsync(_state.File("docker/dockerd.log"), Ct));
    }

    private static Task<DockerHost> FindAsync(DockerHostOptions options) => DockerHost.FindOrStartAsync(options, TimeProvider.System, Ct);

    private async Task WriteProgramAsync(string name, string script)
    {
        await File.WriteAllTextAsync(_state.File(name), "#!/bin/sh\n" + script + "\n", Ct);
        File.SetUnixFileMode(_state.File(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
