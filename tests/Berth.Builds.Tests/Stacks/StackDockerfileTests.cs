using Berth.Builds.Stacks;

namespace Berth.Builds.Tests.Stacks;

public sealed class StackDockerfileTests
{
    [Fact]
    public void Python_installs_before_the_source_is_copied()
    {
        using var source = new SourceFolder(("requirements.txt", "flask==3\n"));

        Assert.Equal(
            [
                "FROM stack/python",
                "WORKDIR /app",
                "COPY --chown=app source/requirements.txt ./",
                "RUN [\"/bin/sh\", \"-c\", \"python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt\"]",
                "COPY --chown=app source/ ./",
                "USER app",
                "RUN [\"/bin/sh\", \"-c\", \"python compile.py\"]",
            ],
            Lines("python", source, onBuild: ["python compile.py"]));
    }

    [Theory]
    // Only comments: nothing to install.
    [InlineData("python", "requirements.txt", "# nothing\n\n", "", "")]
    [InlineData("python", "app.py", "", "", "")]
    // What one file alone cannot say waits for the whole source.
    [InlineData("python", "requirements.txt", "-r base.txt\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "-e .\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "./vendor/x\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "vendor/x-1.0-py3-none-any.whl\n", "", "pip install --no-cache-dir -r requirements.txt")]
    [InlineData("python", "requirements.txt", "x @ https://example.com/x-1.0-py3-none-any.whl\n", "pip install --no-cache-dir -r requirements.txt", "")]
    [InlineData("python", "pyproject.toml", "[project]\ndependencies = ['flask']\n", "pip install --no-cache-dir -r /tmp/requirements.txt", "")]
    [InlineData("python", "pyproject.toml", "[project]\ndependencies = []\n[build-system]\n", "pip install --no-cache-dir -r /tmp/requirements.txt", "pip install --no-cache-dir .")]
    [InlineData("python", "pyproject.toml", "[tool.poetry.dependencies]\n[build-system]\n", "", "pip install --no-cache-dir .")]
    [InlineData("python", "pyproject.toml", "[tool.black]\n", "", "")]
    [InlineData("python", "setup.py", "", "", "pip install --no-cache-dir .")]
    [InlineData("python", "Pipfile", "", "pipenv install --skip-lock", "")]
    [InlineData("node", "package.json", "{}", "", "")]
    [InlineData("node", "package.json", """{"dependencies":{"ms":"2"}}""", "npm install --omit=dev && rm -rf /tmp/npm", "")]
    [InlineData("node", "package.json", """{"scripts":{"build":"x"}}""", "npm install --include=dev && rm -rf /tmp/npm", "npm run build && npm prune --omit=dev && rm -rf /tmp/npm")]
    [InlineData("node", "package.json", """{"dependencies":{"ms":"2"},"scripts":{"postinstall":"x"}}""", "", "npm install --omit=dev && rm -rf /tmp/npm")]
    [InlineData("node", "package.json", """{"dependencies":{"mine":"file:./mine"}}""", "", "npm install --omit=dev && rm -rf /tmp/npm")]
    public void Dependencies_are_installed_as_early_as_their_files_allow(string stack, string file, string text, string before, string after)
    {
        using var source = new SourceFolder((file, text));

        var steps = StackDetector.Find(stack)!.StepsFor(new FolderFiles(source.Path));

        Assert.EndsWith(before, string.Join(" && ", steps.Install));
        Assert.Equal(before.Length == 0, steps.Install.Count == 0);
        Assert.EndsWith(after, string.Join(" && ", steps.Finish));
        Assert.Equal(after.Length == 0, steps.Finish.Count == 0);
        Assert.Equal(steps.Install.Count > 0, steps.DependencyFiles.Contains(file));
    }

    [Theory]
    [InlineData("package-lock.json", "npm ci --omit=dev")]
    [InlineData("yarn.lock", "npx --yes yarn@1 install --frozen-lockfile --production=true")]
    [InlineData("pnpm-lock.yaml", "npx --yes pnpm@9 install --frozen-lockfile --prod")]
    public void A_lock_file_decides_who_installs(string lockFile, string command)
    {
        using var source = new SourceFolder(("package.json", """{"dependencies":{"ms":"2"}}"""), (lockFile, "{}"), (".npmrc", ""));

        var steps = StackDetector.Find("node")!.StepsFor(new FolderFiles(source.Path));

        Assert.Equal(command, steps.Install[0]);
        Assert.Equal(["package.json", lockFile, ".npmrc"], steps.DependencyFiles);
    }

    [Fact]
    public void Packages_that_came_with_the_source_and_no_lock_file_are_used_as_they_are()
    {
        using var source = new SourceFolder(("package.json", """{"dependencies":{"ms":"2"}}"""), ("node_modules/.package-lock.json", "{}"));

        var steps = StackDetector.Find("node")!.StepsFor(new FolderFiles(source.Path));

        Assert.Empty(steps.Install);
        Assert.Empty(steps.Replaced);
    }

    [Fact]
    public void A_public_base_loses_its_entry_point_and_gets_the_user()
    {
        using var source = new SourceFolder(("app.py", ""));

        var lines = Lines("python", source, from: "python:3.12-slim");

        Assert.Equal(["FROM python:3.12-slim", "ENTRYPOINT []", "CMD []", "USER root"], lines[..4]);
        Assert.Contains("useradd", lines[4]);
    }

    private static string[] Lines(string name, SourceFolder source, string? from = null, params string[] onBuild)
    {
        var stack = StackDetector.Find(name)!;
        var steps = stack.StepsFor(new FolderFiles(source.Path));
        var text = StackDockerfile.Write(stack, from ?? $"stack/{name}", from is null, steps, onBuild);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("ENV ", StringComparison.Ordinal))];
    }
}
