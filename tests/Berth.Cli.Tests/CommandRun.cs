using System.Text;
using Berth.Cli.Terminals;

namespace Berth.Cli.Tests;

/// <summary>One run of the command line in this process: what it printed and how it ended.</summary>
internal sealed record CommandRun(int ExitCode, string Out, string Error)
{
    public static readonly DateTimeOffset Now = new(2024, 1, 15, 10, 30, 45, TimeSpan.Zero);

    public static Task<CommandRun> OfAsync(FakeApi api, params string[] args) => OfAsync(api.Url, new TestTerminal(), args);

    /// <param name="settings">Environment; set over <c>BERTH_URL</c> and a token.</param>
    public static async Task<CommandRun> OfAsync(
        string url, TestTerminal terminal, string[] args, Dictionary<string, string>? settings = null, string? folder = null,
        StringWriter? error = null, CancellationTokenSource? stop = null, StringWriter? output = null)
    {
        var environment = new Dictionary<string, string> { ["BERTH_URL"] = url, ["BERTH_TOKEN"] = "t0ken", ["HOME"] = "/nonexistent" };
        foreach (var (name, value) in settings ?? [])
            environment[name] = value;
        output ??= new StringWriter();
        error ??= new StringWriter();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop?.Token ?? CancellationToken.None, TestContext.Current.CancellationToken);
        var exitCode = await CommandLine.RunAsync(args, new CommandContext
        {
            Out = output,
            Error = error,
            Terminal = terminal,
            Environment = name => environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null,
            Folder = folder ?? "/srv/Shop_Front",
            Time = new StandingClock(Now),
        }, either.Token);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}

/// <summary>A clock that does not move; timers never fire.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => 0;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Tells when a text was written.</summary>
internal sealed class WatchedWriter(string text) : StringWriter
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public override void Write(string? value)
    {
        base.Write(value);
        if (ToString().Contains(text, StringComparison.Ordinal))
            _seen.TrySetResult();
    }
}

internal sealed class TestTerminal(string input = "", bool isTerminal = false) : ITerminal
{
    public bool InputIsTerminal => isTerminal;

    public bool OutputIsTerminal => isTerminal;

    public bool ErrorIsTerminal => isTerminal;

    public Stream Input { get; } = new MemoryStream(Encoding.UTF8.GetBytes(input));

    public Stream Output { get; } = new MemoryStream();

    public Stream Error { get; } = new MemoryStream();

    public (int Columns, int Rows)? Size => isTerminal ? (120, 40) : null;

    public int RawModes { get; private set; }

    public string Written(Stream stream) => Encoding.UTF8.GetString(((MemoryStream)stream).ToArray());

    public string? ReadLine()
    {
        using var reader = new StreamReader(Input, leaveOpen: true);
        return reader.ReadLine();
    }

    public string? ReadSecret() => ReadLine();

    public IDisposable EnterRawMode()
    {
        RawModes++;
        return new MemoryStream();
    }

    public IDisposable OnResize(Action changed) => new MemoryStream();
}
