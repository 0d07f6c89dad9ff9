using System.Text;
using System.Text.Encodings.Web;

namespace Berth.Builds.Stacks;

/// <summary>
/// Writes the Dockerfile of an app without one. The source stands in the context under <see cref="SourceFolder"/>, so the Dockerfile beside it can meet no file
/// of the app and gets into no image. The app runs as the user <c>app</c>, which owns <c>/app</c>.
/// </summary>
/// <remarks>
/// Where there is something to install or to compile, that happens in an image with compilers, and what came of it is copied to a small one. A layer is made
/// again only if something it was made from has changed: what the install made is copied by itself, so that a change of the source alone copies the source alone.
/// </remarks>
internal static class StackDockerfile
{
    public const string SourceFolder = "source";

    public const string ProgramFolder = "programs";

    public const string Name = "Dockerfile";

    private const string AppFolder = "/app";

    public static string Write(IStack stack, StackBases bases, StackSteps steps, IReadOnlyList<string> onBuild)
    {
        var text = new StringBuilder();
        if (bases.Build == bases.Run || steps is { Install.Count: 0, Finish.Count: 0 })
        {
            Begin(text, stack, bases.Run);
            AddPrograms(text, bases.Run, steps);
            BuildHere(text, steps, "COPY --chown=app ");
        }
        else
        {
            Begin(text, stack, bases.Build, " AS build");
            BuildHere(text, steps, "COPY ");
            Begin(text, stack, bases.Run);
            AddPrograms(text, bases.Run, steps);
            TakeOver(text, steps);
        }
        text.Append("ENV HOME=/app\nUSER app\n");
        foreach (var command in onBuild)
            Run(text, [command]);
        return text.ToString();
    }

    private static void Begin(StringBuilder text, IStack stack, string image, string stage = "")
    {
        text.Append("FROM ").Append(image).Append(stage).Append('\n');
        text.Append("ENV ").AppendJoin(' ', stack.Environment.Select(item => $"{item.Key}={item.Value}")).Append('\n');
        if (!StackImages.IsStack(image))
        {
            // A public image's entry point would take the shell from the app's commands.
            text.Append("ENTRYPOINT []\nCMD []\nUSER root\n");
            text.Append("RUN getent passwd app >/dev/null || useradd --system --home-dir /app app || adduser -S -h /app app; mkdir -p /app && chown app /app\n");
        }
        text.Append("WORKDIR ").Append(AppFolder).Append('\n');
    }

    /// <summary>The stack's own image has them.</summary>
    private static void AddPrograms(StringBuilder text, string image, StackSteps steps)
    {
        if (steps.Programs.Count > 0 && !StackImages.IsStack(image))
            text.Append("COPY ").Append(ProgramFolder).Append("/ /usr/local/bin/\nRUN chmod 755 /usr/local/bin/berth-*\n");
    }

    private static void BuildHere(StringBuilder text, StackSteps steps, string copy)
    {
        if (steps.Install.Count > 0)
        {
            // One COPY a folder: several files of different folders would all land in the same one.
            foreach (var folder in steps.DependencyFiles.GroupBy(FolderOf))
                text.Append(copy).AppendJoin(' ', folder.Select(file => $"{SourceFolder}/{file}")).Append(" ./").Append(folder.Key).Append('\n');
            Run(text, steps.Install);
        }
        text.Append(copy).Append(SourceFolder).Append("/ ./\n");
        Run(text, steps.Finish);
    }

    private static void TakeOver(StringBuilder text, StackSteps steps)
    {
        bool changed = steps.Finish.Count > 0;
        foreach (var folder in steps.Carried.Where(folder => !changed || !folder.StartsWith(AppFolder + "/", StringComparison.Ordinal)))
            text.Append("COPY --from=build ").Append(folder).Append(' ').Append(folder).Append('\n');
        if (changed)
            text.Append("COPY --from=build --chown=app ").Append(steps.Result).Append("/ ./\n");
        else
            text.Append("COPY --chown=app ").Append(SourceFolder).Append("/ ./\n");
    }

    /// <summary><c>gradle/wrapper/</c>; empty for the root.</summary>
    private static string FolderOf(string file) => file[..(file.LastIndexOf('/') + 1)];

    /// <summary>One layer for all: what a later command removes is not kept by an earlier one's layer.</summary>
    private static void Run(StringBuilder text, IReadOnlyList<string> commands)
    {
        if (commands.Count == 0)
            return;
        // The exec form takes any command, also of several lines, as it is.
        var script = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(string.Join(" && ", commands));
        text.Append("RUN [\"/bin/sh\", \"-c\", \"").Append(script).Append("\"]\n");
    }
}
