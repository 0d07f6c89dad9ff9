using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>
/// Python 3 of Debian. Dependencies go to a virtual environment in <c>/opt/venv</c>, since Debian's own Python refuses pip (PEP 668). The app itself is
/// found by <c>PYTHONPATH</c>.
/// </summary>
internal sealed partial class PythonStack : IStack
{
    private static readonly string[] PackageFiles = ["requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "setup.cfg"];
    private static readonly string[] Programs = ["app.py", "main.py", "server.py", "web.py"];

    private const string Venv = "python3 -m venv /opt/venv";
    private const string Pip = "/opt/venv/bin/pip install --no-cache-dir";

    public string Name => "python";

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        // Output that waits in a buffer is lost when the sandbox is killed, and late in the log.
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONPATH", "/app"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public string PublicImage(string version) => $"python:{version}-slim";

    public StackMatch? Detect(ISourceFiles files)
    {
        var package = PackageFiles.FirstOrDefault(files.Exists);
        var because = package
            ?? (files.Exists("manage.py") ? "manage.py" : null)
            ?? Programs.FirstOrDefault(files.Exists)
            ?? files.RootFiles.FirstOrDefault(file => file.EndsWith(".py", StringComparison.Ordinal));
        if (because is null)
            return null;
        var (command, commandBecause) = WebCommand(files);
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
        if (files.Read("requirements.txt") is { } requirements)
            return FromRequirements(files, requirements);
        if (files.Exists("Pipfile"))
            return FromPipfile(files);
        if (files.Read("pyproject.toml") is { } project)
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

    private static StackSteps FromPipfile(ISourceFiles files)
    {
        bool locked = files.Exists("Pipfile.lock");
        return new StackSteps
        {
            DependencyFiles = locked ? ["Pipfile", "Pipfile.lock"] : ["Pipfile"],
            Install = [Venv, $"{Pip} pipenv", "VIRTUAL_ENV=/opt/venv /opt/venv/bin/pipenv " + (locked ? "sync" : "install --skip-lock")],
        };
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

    private static (string? Command, string? Because) WebCommand(ISourceFiles files)
    {
        var dependencies = (files.Read("requirements.txt") ?? files.Read("Pipfile") ?? files.Read("pyproject.toml") ?? "").ToLowerInvariant();
        bool gunicorn = dependencies.Contains("gunicorn", StringComparison.Ordinal);
        bool uvicorn = dependencies.Contains("uvicorn", StringComparison.Ordinal);
        if (files.Read("manage.py") is { } manage)
        {
            return gunicorn && SettingsModule().Match(manage) is { Success: true } settings
                ? ($"gunicorn {settings.Groups[1].Value}.wsgi --bind 0.0.0.0:$PORT", "manage.py, gunicorn")
                : ("python manage.py runserver 0.0.0.0:$PORT", "manage.py");
        }
        if (Programs.FirstOrDefault(files.Exists) is not { } program)
            return (null, null);
        var module = program[..^3];
        bool hasApp = AppVariable().IsMatch(files.Read(program) ?? "");
        if (hasApp && gunicorn)
            return ($"gunicorn {module}:app --bind 0.0.0.0:$PORT", $"{program}, gunicorn");
        if (hasApp && uvicorn)
            return ($"uvicorn {module}:app --host 0.0.0.0 --port $PORT", $"{program}, uvicorn");
        return ($"python {program}", program);
    }

    [GeneratedRegex(@"^(-r|-c|-e|-f|--requirement|--constraint|--editable|--find-links)\b")]
    private static partial Regex LocalOption();

    [GeneratedRegex(@"^[^:;]*\.(whl|tar\.gz|zip)(\s|;|$)")]
    private static partial Regex LocalArchive();

    [GeneratedRegex(@"^\s*dependencies\s*=", RegexOptions.Multiline)]
    private static partial Regex ProjectDependencies();

    [GeneratedRegex(@"^\s*\[build-system\]", RegexOptions.Multiline)]
    private static partial Regex BuildSystem();

    [GeneratedRegex(@"DJANGO_SETTINGS_MODULE['""]\s*,\s*['""]([A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z0-9_.]+)?['""]")]
    private static partial Regex SettingsModule();

    [GeneratedRegex(@"^app\s*=", RegexOptions.Multiline)]
    private static partial Regex AppVariable();
}
