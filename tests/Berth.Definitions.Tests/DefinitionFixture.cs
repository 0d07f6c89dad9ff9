using System.Text;
using Berth.Model;

namespace Berth.Definitions.Tests;

/// <summary>Reads definitions from texts, as if they were the files of a source.</summary>
internal static class DefinitionFixture
{
    public static readonly StackDefault Python = new("python", "python app.py");

    public static DefinitionResult Read(string? procfile = null, string? appToml = null, StackDefault? stack = null, params (string Path, string Text)[] others)
    {
        var files = others.ToDictionary(file => file.Path, file => file.Text);
        if (procfile is not null)
            files["Procfile"] = procfile;
        if (appToml is not null)
            files[".miren/app.toml"] = appToml;
        return DefinitionReader.Read(new DefinitionSources
        {
            ReadFile = path => files.TryGetValue(path, out var text) ? Encoding.UTF8.GetBytes(text) : null,
            Stack = stack,
        });
    }

    /// <summary>The definition, which must be free of errors.</summary>
    public static AppDefinition Valid(this DefinitionResult result)
    {
        Assert.DoesNotContain(result.Diagnostics, d => d.Severity == Severity.Error);
        return result.Definition!;
    }

    /// <summary>The one service of app.toml's text.</summary>
    public static ServiceDefinition Service(string appToml) => Assert.Single(Read(appToml: appToml).Valid().Services);

    /// <summary>The codes of what is wrong with app.toml's text, with the line of each.</summary>
    public static IEnumerable<(string Code, int Line)> Problems(string appToml) => Read(appToml: appToml).Diagnostics.Select(d => (d.Code, d.Line));

    public static ImageInfo Image(string[]? entrypoint = null, string[]? cmd = null, params int[] exposed) =>
        new() { Id = "sha256:1", Architecture = "amd64", Entrypoint = entrypoint ?? [], Cmd = cmd ?? [], ExposedTcpPorts = exposed };
}
