using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>
/// Python 3 of Debian. Dependencies go to a virtual environment in <c>/opt/venv</c>, since Debian's own Python refuses pip (PEP 668). The app itself is
/// found by <c>PYTHONPATH</c>.
/// </summary>
internal sealed partial class PythonStack : IStack
{
    private static readonly string[] PackageFiles = ["requirements.txt", "uv.lock", "poetry.lock", "Pipfile", "pyproject.toml", "setup.py", "setup.cfg"];
    private static readonly string[] Programs = ["app.py", "main.py", "server.py", "web.py", "wsgi.py", "asgi.py", "application.py", "app/main.py", "src/main.py"];
    private static readonly string[] Carried = ["/opt/venv"];

    private const string Venv = "python3 -m venv /opt/venv";
    private const string Pip = "/opt/venv/bin/pip install --no-cache-dir";

    /// <summary>Installers have an environment of their own, which stays behind with the image that builds.</summary>
    private const string Tools = "python3 -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir";

    public string Name => "python";

    public string Version => "3.11";

    public StackBases Bases => new("stack/python-build", "stack/python");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        // Output that waits in a buffer is lost when the sandbox is killed, and late in the log.
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONPATH", "/app"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) => new($"python:{version}", $"python:{version}-slim");

    public VersionRequest? Asked(ISourceFiles files) =>
        VersionRequest.In(files, (".python-version", VersionRequest.Alone()), ("runtime.txt", VersionRequest.Alone()));

    public StackMatch? Detect(ISourceFiles files)
    {
        var package = PackageFiles.FirstOrDefault(files.Exists);
        var because = package
            ?? (files.Exists("manage.py") ? "manage.py" : null)
            ?? Programs.FirstOrDefault(files.Exists)
            ?? files.FilesIn("").FirstOrDefault(file => file.EndsWith(".py", StringComparison.Ordinal));
        if (because is null)
            return null;
        var (command, commandBecause) = PythonWeb.Command(files, Programs);
        return new StackMatch
        {
            Stack = Name,
            Because = because,
            ByPackageFile = package is not null || because == "manage.py",
            WebCommand = command,
            WebBecause = commandBecause,
        };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        var steps = Installing(files);
        return steps with { Carried = Carried, Finish = [.. steps.Finish, .. PythonWeb.CollectStatic(files)] };
    }

    private static StackSteps Installing(ISourceFiles files)
    {
        if (files.Read("requirements.txt") is { } requirements)
            return FromRequirements(files, requirements);
        var project = files.Read("pyproject.toml");
        if (files.Exists("uv.lock") && project is not null)
            return FromUv(project);
        if (project is not null && (files.Exists("poetry.lock") || project.Contains("[tool.poetry.dependencies]", StringComparison.Ordinal)))
            return FromPoetry(files, project);
        if (files.Exists("Pipfile"))
            return FromPipfile(files);
        if (project is not null)
            return FromProject(project);
        return files.Exists("setup.py") ? new StackSteps { Finish = [Venv, $"{Pip} ."] } : new StackSteps();
    }

    private static StackSteps FromRequirements(ISourceFiles files, string requirements)
    {
        var lines = requirements.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        if (lines.Length == 0)
            return new StackSteps();
        string[] install = [Venv, $"{Pip} -r requirements.txt"];
        // A path, an editable install or another requirements file needs more of the source than this one file.
        if (lines.Any(NeedsSource))
            return new StackSteps { Finish = install };
        return new StackSteps { DependencyFiles = files.Exists("constraints.txt") ? ["requirements.txt", "constraints.txt"] : ["requirements.txt"], Install = install };
    }

    private static bool NeedsSource(string line) =>
        line[0] is '.' or '/' || line.Contains("file:", StringComparison.Ordinal) || LocalOption().IsMatch(line) || LocalArchive().IsMatch(line);

    /// <summary>uv would fetch a Python of its own, which the app's image does not have.</summary>
    private static StackSteps FromUv(string project)
    {
        const string sync = "UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/venv /opt/tools/bin/uv sync --frozen --no-dev --no-cache";
        const string tool = Tools + " uv";
        if (project.Contains("[tool.uv.workspace]", StringComparison.Ordinal) || LocalSource().IsMatch(project))
            return new StackSteps { Finish = [tool, sync + " --no-editable"] };
        return new StackSteps
        {
            DependencyFiles = ["pyproject.toml", "uv.lock"],
            Install = [tool, sync + " --no-install-project"],
            Finish = BuildSystem().IsMatch(project) ? [sync + " --no-editable"] : [],
        };
    }

    private static StackSteps FromPoetry(ISourceFiles files, string project)
    {
        string[] install = [Venv, $"{Tools} 'poetry<3'", "VIRTUAL_ENV=/opt/venv /opt/tools/bin/poetry install --only main --no-root --no-interaction --no-cache"];
        bool isPackage = BuildSystem().IsMatch(project) && !NoPackage().IsMatch(project);
        string[] finish = isPackage ? [$"{Pip} --no-deps ."] : [];
        return LocalSource().IsMatch(project)
            ? new StackSteps { Finish = [.. install, .. finish] }
            : new StackSteps { DependencyFiles = [.. new[] { "pyproject.toml", "poetry.lock" }.Where(files.Exists)], Install = install, Finish = finish };
    }

    private static StackSteps FromPipfile(ISourceFiles files)
    {
        bool locked = files.Exists("Pipfile.lock");
        string[] export = locked ? [] : ["/opt/tools/bin/pipenv lock"];
        string[] install = [Venv, $"{Tools} pipenv", .. export, "/opt/tools/bin/pipenv requirements > /tmp/requirements.txt", $"{Pip} -r /tmp/requirements.txt"];
        if (LocalSource().IsMatch(files.Read("Pipfile") ?? ""))
            return new StackSteps { Finish = install };
        return new StackSteps { DependencyFiles = locked ? ["Pipfile", "Pipfile.lock"] : ["Pipfile"], Install = install };
    }

    /// <summary>PEP 621's dependencies first, so that they stay in the cache while the code changes; then the project, if it can be built.</summary>
    private static StackSteps FromProject(string project)
    {
        const string readDependencies =
            "python3 -c 'import tomllib; p = tomllib.load(open(\"pyproject.toml\", \"rb\")); print(\"\\n\".join(p.get(\"project\", {}).get(\"dependencies\", [])))' > /tmp/requirements.txt";
        bool lists = ProjectDependencies().IsMatch(project);
        bool builds = BuildSystem().IsMatch(project);
        return new StackSteps
        {
            DependencyFiles = lists ? ["pyproject.toml"] : [],
            Install = lists ? [Venv, readDependencies, $"{Pip} -r /tmp/requirements.txt"] : [],
            Finish = builds ? lists ? [$"{Pip} ."] : [Venv, $"{Pip} ."] : [],
        };
    }

    [GeneratedRegex(@"^(-r|-c|-e|-f|--requirement|--constraint|--editable|--find-links)\b")]
    private static partial Regex LocalOption();

    [GeneratedRegex(@"^[^:;]*\.(whl|tar\.gz|zip)(\s|;|$)")]
    private static partial Regex LocalArchive();

    /// <summary>A dependency that is a folder or file of the source, as poetry, uv and pipenv write it.</summary>
    [GeneratedRegex(@"=\s*\{[^}\n]*\b(path|file)\s*=")]
    private static partial Regex LocalSource();

    [GeneratedRegex(@"^\s*dependencies\s*=", RegexOptions.Multiline)]
    private static partial Regex ProjectDependencies();

    [GeneratedRegex(@"^\s*\[build-system\]", RegexOptions.Multiline)]
    private static partial Regex BuildSystem();

    [GeneratedRegex(@"^\s*package-mode\s*=\s*false", RegexOptions.Multiline)]
    private static partial Regex NoPackage();
}
