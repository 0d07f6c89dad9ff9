namespace Berth.Control.Space;

/// <summary>Bytes in files, where others may remove some of them meanwhile.</summary>
public static class FolderSize
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Of all files below a folder; 0 where there is none.</summary>
    public static long Of(string folder) => Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", Everything).Sum(Of) : 0;

    /// <summary>0 for one that is gone since it was listed.</summary>
    public static long Of(FileInfo file)
    {
        try
        {
            return file.Exists ? file.Length : 0;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
