using System.Diagnostics.CodeAnalysis;

namespace Berth.Engines.Cgroups;

/// <summary>
/// Stops all processes of a control group where they are, and lets them go on, by the kernel's own file for that. Whoever does not write there
/// sees processes that run and do nothing.
/// </summary>
internal sealed class CgroupFreezer
{
    /// <summary>Between looks at a group that is not yet frozen as a whole: some process of it is in the middle of a call.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    private readonly string _command;
    private readonly string _state;
    private readonly (string Freeze, string Thaw, string Frozen) _words;

    private CgroupFreezer(string command, string state, (string Freeze, string Thaw, string Frozen) words) => (_command, _state, _words) = (command, state, words);

    /// <summary>Null: the kernel shows no such file.</summary>
    public static CgroupFreezer? In(CgroupFolders folders)
    {
        if (folders.Own("freezer") is { } own)
        {
            var file = Path.Combine(own, "freezer.state");
            return File.Exists(file) ? new(file, file, ("FROZEN", "THAWED", "FROZEN")) : null;
        }
        return folders.Shared("cgroup.freeze") is { } command && File.Exists(command) ? new(command, folders.Shared("cgroup.events")!, ("1", "0", "frozen 1")) : null;
    }

    /// <summary>False as well for one that is gone.</summary>
    public bool IsFrozen() => TryRead(out var state) && state.Contains(_words.Frozen, StringComparison.Ordinal);

    /// <summary>Returns when all of them stand still. False, and they run, if that does not come about within the limit, or is not allowed here.</summary>
    public async Task<bool> FreezeAsync(TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        if (!TryWrite(_words.Freeze))
            return false;
        var since = time.GetTimestamp();
        try
        {
            while (!IsFrozen())
            {
                if (time.GetElapsedTime(since) > limit)
                {
                    TryWrite(_words.Thaw);
                    return false;
                }
                await Task.Delay(Poll, time, ct);
            }
        }
        catch (OperationCanceledException)
        {
            TryWrite(_words.Thaw);
            throw;
        }
        return true;
    }

    /// <summary>False if it is not allowed here, or the group is gone.</summary>
    public bool Thaw() => TryWrite(_words.Thaw);

    private bool TryWrite(string word)
    {
        try
        {
            // Neither made nor cut: it is no file of a disk.
            using var file = new FileStream(_command, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(word));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool TryRead([NotNullWhen(true)] out string? text)
    {
        try
        {
            text = File.ReadAllText(_state);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            text = null;
            return false;
        }
    }
}
