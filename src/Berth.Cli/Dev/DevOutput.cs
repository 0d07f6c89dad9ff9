using System.Globalization;
using Berth.Cli.Output;

namespace Berth.Cli.Dev;

/// <summary>Lines of all processes, each behind the time and its process's name. Safe for use by many at once.</summary>
internal sealed class DevOutput(TextWriter output, Style style, TimeProvider time, int nameWidth)
{
    /// <summary>Stands in the place of a process's name before what Berth says itself.</summary>
    public const string System = "system";

    private readonly Lock _turn = new();
    private readonly TaskCompletionSource<IOException> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Nobody reads any more: further lines are dropped, so that no process waits for its output to be read.</summary>
    public Task<IOException> Broken => _broken.Task;

    public void Say(string text) => Write(style.Bold(Prefix(System)), text);

    /// <summary>What Berth says of a process.</summary>
    public void Say(DevProcess process, string text) => Write(style.Tinted(process.Place, Prefix(process.Name)), text);

    /// <summary>For one process's output.</summary>
    public LineAssembler LinesOf(DevProcess process) => new(line => Say(process, style.ForeignInColour(line)));

    private string Prefix(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.GetLocalNow():HH:mm:ss} {name.PadRight(nameWidth)} | ");

    private void Write(string prefix, string text)
    {
        if (Broken.IsCompleted)
            return;
        try
        {
            lock (_turn)
                output.Write($"{prefix}{text}\n");
        }
        catch (IOException e)
        {
            _broken.TrySetResult(e);
        }
    }
}
