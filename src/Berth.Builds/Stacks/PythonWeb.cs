using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>How a Python app's <c>web</c> is started: by the server that it depends on, for the framework that it uses.</summary>
internal static partial class PythonWeb
{
    private static readonly string[] DependencyFiles = ["requirements.txt", "Pipfile", "pyproject.toml"];

    /// <param name="programs">Paths where the app is looked for, in this order.</param>
    public static (string? Command, string? Because) Command(ISourceFiles files, IEnumerable<string> programs)
    {
        var dependencies = string.Join('\n', DependencyFiles.Select(files.Read)).ToLowerInvariant();
        bool Uses(string package) => dependencies.Contains(package, StringComparison.Ordinal);

        if (files.Read("manage.py") is { } manage)
        {
            return Uses("gunicorn") && SettingsModule().Match(manage) is { Success: true } settings
                ? ($"gunicorn {settings.Groups[1].Value}.wsgi --bind 0.0.0.0:$PORT", "manage.py, gunicorn")
                : ("python manage.py runserver 0.0.0.0:$PORT", "manage.py");
        }
        if (programs.FirstOrDefault(files.Exists) is not { } program)
            return (null, null);
        var text = files.Read(program) ?? "";
        var app = $"{program[..^3].Replace('/', '.')}:{AppVariable().Match(text).Groups[1].Value}";
        return AppVariable().IsMatch(text) switch
        {
            // FastAPI and its kind speak ASGI, which gunicorn needs uvicorn for.
            true when Uses("uvicorn") && (!Uses("gunicorn") || Uses("fastapi") || Uses("starlette")) => ($"uvicorn {app} --host 0.0.0.0 --port $PORT", $"{program}, uvicorn"),
            true when Uses("fastapi[") => ($"uvicorn {app} --host 0.0.0.0 --port $PORT", $"{program}, fastapi"),
            true when Uses("gunicorn") => ($"gunicorn {app} --bind 0.0.0.0:$PORT", $"{program}, gunicorn"),
            true when Uses("flask") && !RunsItself().IsMatch(text) => ($"flask --app {app} run --host 0.0.0.0 --port $PORT", $"{program}, flask"),
            _ => ($"python {program}", program),
        };
    }

    /// <summary>Django's files for the browser, where the settings say where to collect them. Settings that need the app's variables fail here and need not fail later.</summary>
    public static IReadOnlyList<string> CollectStatic(ISourceFiles files)
    {
        if (files.Read("manage.py") is not { } manage || SettingsModule().Match(manage) is not { Success: true } settings)
            return [];
        return files.Read($"{settings.Groups[1].Value}/settings.py")?.Contains("STATIC_ROOT", StringComparison.Ordinal) == true
            ? ["(python manage.py collectstatic --noinput || echo 'collectstatic failed: the app runs without collected static files')"]
            : [];
    }

    [GeneratedRegex(@"DJANGO_SETTINGS_MODULE['""]\s*,\s*['""]([A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z0-9_.]+)?['""]")]
    private static partial Regex SettingsModule();

    [GeneratedRegex(@"^(app|application)\s*(?::[^=\n]*)?=", RegexOptions.Multiline)]
    private static partial Regex AppVariable();

    [GeneratedRegex(@"\b(app|application)\.run\(|__main__")]
    private static partial Regex RunsItself();
}
