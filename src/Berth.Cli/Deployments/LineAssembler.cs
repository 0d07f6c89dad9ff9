using System.Text;

namespace Berth.Cli.Deployments;

/// <summary>Makes lines of output that comes in pieces. Of a line that rewrites itself (carriage returns) the last state counts.</summary>
internal sealed class LineAssembler(Action<string> emit)
{
    /// <summary>Longer lines are cut into several.</summary>
    private const int MaxLine = 16 * 1024;

    private readonly StringBuilder _line = new();
    private bool _returned;

    public void Add(string piece)
    {
        foreach (var c in piece)
        {
            if (c == '\n')
            {
                Flush();
                continue;
            }
            if (_returned)
                _line.Clear();
            _returned = c == '\r';
            if (_returned)
                continue;
            _line.Append(c);
            if (_line.Length == MaxLine)
                Flush();
        }
    }

    /// <summary>Ends the line that is under way, at the end of all output.</summary>
    public void End()
    {
        if (_line.Length > 0)
            Flush();
    }

    private void Flush()
    {
        emit(_line.ToString());
        _line.Clear();
        _returned = false;
    }
}
