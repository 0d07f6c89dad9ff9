using Berth.Definitions;
using Berth.Definitions.AppToml;
using Berth.Model;

namespace Berth.Cli.Settings;

/// <summary>A folder's app.toml as a file that commands write. It is replaced as a whole, so that nobody ever reads half of it.</summary>
internal static class AppTomlFile
{
    /// <summary>Path of the app.toml inside the folder; null: there is none.</summary>
    public static string? Find(string folder) =>
        new[] { DefinitionReader.BerthAppToml, DefinitionReader.MirenAppToml }.FirstOrDefault(path => File.Exists(Path.Combine(folder, path)));

    /// <summary>Changes variables of the folder's app.toml.</summary>
    /// <returns>The file's path inside the folder.</returns>
    /// <exception cref="CliException">There is no such file, or it cannot be changed.</exception>
    public static string ChangeEnv(string folder, IReadOnlyList<EnvVar> set, IReadOnlyList<string> unset)
    {
        var path = Find(folder) ?? throw new CliException(ExitCodes.NotFound, CliMessages.NoAppToml(folder));
        var file = Path.Combine(folder, path);
        var edit = EnvEditor.Apply(path, Read(file), set, unset, new DefinitionLimits());
        if (edit.File is null)
            throw new CliException(ExitCodes.Failed, CliMessages.NotEdited(path)) { Diagnostics = [.. edit.Diagnostics.Select(AppFiles.ToInfo)] };
        if (edit.NotThere.Count > 0)
            throw new CliException(ExitCodes.NotFound, CliMessages.NotInFile(path, edit.NotThere));
        Write(file, edit.File);
        return path;
    }

    /// <exception cref="CliException">It cannot be written.</exception>
    public static void Write(string file, ReadOnlySpan<byte> content)
    {
        try
        {
            // Through a link, the file that it leads to is replaced, and not the link.
            var target = (File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName : null) ?? file;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var written = target + ".new";
            File.WriteAllBytes(written, content);
            if (File.Exists(target))
                File.SetUnixFileMode(written, File.GetUnixFileMode(target));
            File.Move(written, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotWrite(file, e.Message));
        }
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, CliMessages.CannotRead(file, e.Message));
        }
    }
}
