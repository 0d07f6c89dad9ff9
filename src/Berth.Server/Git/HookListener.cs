using System.Net.Sockets;
using System.Text;
using Berth.Control;

namespace Berth.Server.Git;

/// <summary>Where <see cref="GitHook"/> reports to: a socket that only the user of berthd can reach, in the folder of the repositories.</summary>
internal sealed partial class HookListener(ControlOptions control, GitOptions options, GitRepositories repositories, PushDeployment pushes, ILogger<HookListener> log) : BackgroundService
{
    /// <summary>Names of refs that one push may send.</summary>
    private const int MaxRequestBytes = 1 << 20;

    public static string HooksFolder(ControlOptions control) => Path.Combine(control.GitFolder, "hooks");

    public static string SocketOf(ControlOptions control) => Path.Combine(control.GitFolder, "hook.sock");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Directory.CreateDirectory(control.GitFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteHookAsync(stoppingToken);
        File.Delete(SocketOf(control));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketOf(control)));
        listener.Listen();
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>git starts a hook by its file: two lines that hand over to berthd.</summary>
    private async Task WriteHookAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(HooksFolder(control));
        var hook = Path.Combine(HooksFolder(control), "pre-receive");
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\nexec '{options.HookProgram.Replace("'", @"'\''", StringComparison.Ordinal)}' {GitHook.Name}\n", ct);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task ServeAsync(Socket socket, CancellationToken ct)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var request = await ReadAsync(stream, ct);
            var client = new PushClient(stream);
            var taken = await JudgeAsync(request, client, ct);
            await stream.WriteAsync(new[] { GitHook.Verdict, taken ? GitHook.Taken : GitHook.Refused }, ct);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // git was killed, or berthd ends. A deployment that was begun goes on.
        }
        catch (Exception e)
        {
            LogBroke(e);
        }
    }

    private async Task<bool> JudgeAsync(string? request, PushClient client, CancellationToken ct)
    {
        if (request?.Split('\n', 3) is not [var id, var objects, var refs] || !repositories.TryFindPush(id, out var app))
        {
            await client.RefuseAsync(request is null ? GitMessages.TooManyRefs(MaxRequestBytes) : GitMessages.HookAlone, ct);
            return false;
        }
        if (!repositories.TryBeginDeploying(id, app))
        {
            await client.RefuseAsync(GitMessages.PushUnderWay(app), ct);
            return false;
        }
        try
        {
            return await pushes.RunAsync(new Push(app, control.RepositoryOf(app), objects, PushedRef.Parse(refs)), client, ct);
        }
        finally
        {
            repositories.EndDeploying(app);
        }
    }

    /// <summary>Null if it is longer than any push has reason to be.</summary>
    private static async Task<string?> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxRequestBytes];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length == buffer.Length ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }

    [LoggerMessage(LogLevel.Error, "A push could not be judged, and was refused")]
    private partial void LogBroke(Exception exception);
}
