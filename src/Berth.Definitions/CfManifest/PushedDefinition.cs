using System.Globalization;
using System.Text;

namespace Berth.Definitions.CfManifest;

/// <summary>
/// The file that defines an app, and the values of its variables, as the command line sends them beside a source: in a folder of their own, which does
/// not become part of the image.
/// </summary>
/// <param name="File">The manifest, or the app.toml that was chosen.</param>
/// <param name="VariableFiles">Names for messages, and contents; the later wins.</param>
/// <param name="Variables"><c>NAME=VALUE</c>; they win over the files'.</param>
public sealed record PushedDefinition(ChosenFile File, IReadOnlyList<(string Name, byte[] Bytes)> VariableFiles, IReadOnlyList<string> Variables)
{
    public const string Folder = ".berth-push";

    /// <summary>Files of variables, and variables, that are read; default 100 each. More are refused by the command line.</summary>
    public const int MaxVariables = 100;

    private const string NamePath = $"{Folder}/name";
    private const string FilePath = $"{Folder}/file";

    /// <summary>Paths inside the archive, and contents.</summary>
    public IEnumerable<(string Path, byte[] Bytes)> ToFiles() =>
    [
        (NamePath, Encoding.UTF8.GetBytes(File.Name)),
        (FilePath, File.Bytes),
        .. VariableFiles.Select((file, i) => (VariableFilePath(i), file.Bytes)),
        .. Variables.Select((pair, i) => (VariablePath(i), Encoding.UTF8.GetBytes(pair))),
    ];

    /// <summary>Null: none was sent.</summary>
    /// <param name="readFile">Path inside the archive to bytes; null where there is none.</param>
    public static PushedDefinition? From(Func<string, byte[]?> readFile)
    {
        if (readFile(NamePath) is not { } name || readFile(FilePath) is not { } file)
            return null;
        return new PushedDefinition(
            new ChosenFile(Encoding.UTF8.GetString(name), file),
            [.. ReadAll(readFile, VariableFilePath).Select((bytes, i) => ($"variables {i + 1}", bytes))],
            [.. ReadAll(readFile, VariablePath).Select(Encoding.UTF8.GetString)]);
    }

    private static IEnumerable<byte[]> ReadAll(Func<string, byte[]?> readFile, Func<int, string> path) =>
        Enumerable.Range(0, MaxVariables).Select(i => readFile(path(i))).TakeWhile(bytes => bytes is not null).Select(bytes => bytes!);

    private static string VariableFilePath(int index) => $"{Folder}/vars-file/{index.ToString(CultureInfo.InvariantCulture)}";

    private static string VariablePath(int index) => $"{Folder}/var/{index.ToString(CultureInfo.InvariantCulture)}";
}
