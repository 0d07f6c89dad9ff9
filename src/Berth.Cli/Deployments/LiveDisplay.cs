using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Deployments;

/// <summary>
/// For a terminal: each phase is a line with a spinner and its time, redrawn in place; output goes dimmed above it. Only that last line is ever
/// rewritten, so that scrolling back shows everything. Calls and the redrawing timer take turns by a lock.
/// </summary>
internal sealed class LiveDisplay : IDeploymentDisplay
{
    /// <summary>Between two redraws.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private const string ClearLine = "\r\e[2K";
    private const string Frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    private readonly Lock _turn = new();
    private readonly TextWriter _output;
    private readonly Style _style;
    private readonly TimeProvider _time;
    private readonly Func<int> _columns;
    private readonly ITimer _timer;
    private string? _phase;
    private string _detail = "";
    private long _since;
    private int _frame;

    /// <param name="columns">The terminal's width now.</param>
    public LiveDisplay(TextWriter output, Style style, TimeProvider time, Func<int> columns)
    {
        _output = output;
        _style = style;
        _time = time;
        _columns = columns;
        _timer = time.CreateTimer(_ => Tick(), null, Period, Period);
    }

    public void Phase(string name)
    {
        lock (_turn)
        {
            if (name == _phase)
                return;
            Finish_NeedsLock(succeeded: true);
            _phase = name;
            _since = _time.GetTimestamp();
            Draw_NeedsLock();
        }
    }

    public void Detail(string text)
    {
        lock (_turn)
            _detail = text;
    }

    public void Output(string line) => Above(_style.Dim("  " + SafeText.Of(line)) + "\n");

    public void Info(string text) => Above("  " + SafeText.Of(text) + "\n");

    public void Diagnostic(DiagnosticInfo diagnostic)
    {
        using var text = new StringWriter();
        DiagnosticText.Write(text, _style, diagnostic);
        Above(text.ToString());
    }

    public void End(bool succeeded)
    {
        lock (_turn)
            Finish_NeedsLock(succeeded);
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_turn)
        {
            if (_phase is null)
                return;
            _phase = null;
            _output.Write(ClearLine);
        }
    }

    private void Tick()
    {
        lock (_turn)
        {
            _frame = (_frame + 1) % Frames.Length;
            Draw_NeedsLock();
        }
    }

    private void Above(string text)
    {
        lock (_turn)
        {
            _output.Write(_phase is null ? text : ClearLine + text);
            Draw_NeedsLock();
        }
    }

    private void Draw_NeedsLock()
    {
        if (_phase is null)
            return;
        var line = $"{Frames[_frame]} {SafeText.Of(_phase)} {RelativeTime.Took(_time.GetElapsedTime(_since))} {_detail}";
        // A line that wraps could not be cleared again.
        var width = Math.Max(10, _columns() - 1);
        _output.Write(ClearLine + (line.Length > width ? line[..width] : line));
    }

    private void Finish_NeedsLock(bool succeeded)
    {
        if (_phase is null)
            return;
        var mark = succeeded ? _style.Green("✓") : _style.Red("✗");
        var took = _phase == "done" ? "" : " " + _style.Dim(RelativeTime.Took(_time.GetElapsedTime(_since)));
        _output.Write($"{ClearLine}{mark} {SafeText.Of(_phase)}{took}\n");
        _phase = null;
        _detail = "";
    }
}
