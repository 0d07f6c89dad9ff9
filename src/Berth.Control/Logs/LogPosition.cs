namespace Berth.Control.Logs;

/// <summary>A place between two lines of an app's log: up to where somebody has read. It outlives a restart of <c>berthd</c>.</summary>
/// <param name="Segment">Number of the segment; segments that come later have higher ones.</param>
/// <param name="Offset">In bytes.</param>
public readonly record struct LogPosition(long Segment, long Offset);

/// <summary>One file of an app's log, or a part of it.</summary>
/// <param name="Number">Names the file: Unix time in milliseconds when it was begun.</param>
/// <param name="From">In bytes.</param>
/// <param name="To">In bytes; the file may be longer by now.</param>
internal readonly record struct LogSegment(string Path, long Number, long From, long To);
