namespace Berth.Cli;

/// <summary>What <c>berth</c> exits with. A command run by <c>exec</c> hands its own code on instead.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Refused = 4;
    public const int Unreachable = 5;

    /// <summary>Ended by Ctrl-C, as shells have it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Nobody reads the output any more (<c>berth logs | head</c>): 128 + SIGPIPE, without a word.</summary>
    public const int BrokenPipe = 141;
}
