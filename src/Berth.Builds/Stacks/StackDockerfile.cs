using System.Text;
using System.Text.Encodings.Web;

namespace Berth.Builds.Stacks;

/// <summary>
/// Writes the Dockerfile of an app without one. The source stands in the context under <see cref="SourceFolder"/>, so the Dockerfile beside it can meet no file
/// of the app and gets into no image. The app runs as the user <c>app</c>, which owns <c>/app</c>.
/// </summary>
internal static class StackDockerfile
{
    public const string SourceFolder = "source";

    public const string Name = "Dockerfile";

    /// <param name="from">The stack's image, or another that was asked for.</param>
    /// <param name="isStackImage">Whether <paramref name="from"/> is made by us: it has the user and no entry point of its own.</param>
    public static string Write(IStack stack, string from, bool isStackImage, StackSteps steps, IReadOnlyList<string> onBuild)
    {
        var text = new StringBuilder().Append("FROM ").Append(from).Append('\n');
        foreach (var (key, value) in stack.Environment)
            text.Append("ENV ").Append(key).Append('=').Append(value).Append('\n');
        if (!isStackImage)
        {
            // A public image's entry point would take the shell from the app's commands.
            text.Append("ENTRYPOINT []\nCMD []\nUSER root\n");
            text.Append("RUN getent passwd app >/dev/null || useradd --system --home-dir /app app || adduser -S -h /app app; mkdir -p /app && chown app /app\n");
        }
        text.Append("WORKDIR /app\n");
        if (steps.Install.Count > 0)
        {
            text.Append("COPY --chown=app ").AppendJoin(' ', steps.DependencyFiles.Select(file => $"{SourceFolder}/{file}")).Append(" ./\n");
            Run(text, steps.Install);
        }
        text.Append("COPY --chown=app ").Append(SourceFolder).Append("/ ./\n");
        Run(text, steps.Finish);
        text.Append("ENV HOME=/app\nUSER app\n");
        foreach (var command in onBuild)
            Run(text, [command]);
        return text.ToString();
    }

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
