namespace Berth.Cli.Terminals;

/// <summary>The three standard streams as bytes, and what a terminal can do beyond them.</summary>
internal interface ITerminal
{
    bool InputIsTerminal { get; }

    bool OutputIsTerminal { get; }

    bool ErrorIsTerminal { get; }

    Stream Input { get; }

    Stream Output { get; }

    Stream Error { get; }

    /// <summary>Columns and rows; null where there is no terminal.</summary>
    (int Columns, int Rows)? Size { get; }

    /// <summary>A line of input without its end; null at the end of input.</summary>
    string? ReadLine();

    /// <summary>A line that is not shown while it is typed.</summary>
    string? ReadSecret();

    /// <summary>Every key goes through as it is, until the result is disposed.</summary>
    IDisposable EnterRawMode();

    /// <summary>Calls back when the size changed, until the result is disposed.</summary>
    IDisposable OnResize(Action changed);
}
