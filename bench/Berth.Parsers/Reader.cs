using Berth.Definitions;
using Berth.Model;

namespace Berth.Parsers;

/// <summary>A reader of definition files, and where files for it lie. One more reader is one more entry of <see cref="All"/>.</summary>
/// <param name="Path">Where an app has the file.</param>
/// <param name="Cases">Folder and pattern of real files, below the folder of shared cases.</param>
/// <param name="Line">What a large file is made of; {0} is a number.</param>
/// <param name="Head">What a large file begins with.</param>
internal sealed record Reader(string Path, string Cases, string Pattern, string Line, string Head = "")
{
    public static readonly IReadOnlyList<Reader> All =
    [
        new("Procfile", "procfile", "*.Procfile", "worker{0}: bundle exec sidekiq --queue {0}" + new string('q', 450) + "\n# " + new string('c', 700) + "\n\n"),
        new(".berth/app.toml", "apptoml", "*.toml", "# variable number {0}\n[[env]]\nkey = \"VARIABLE_{0}\"\nvalue = \"" + new string('v', 120) + "\\u00e9 {0}\"\nsensitive = false\n\n"),
        new("manifest.yml", "cfmanifest", "*.yml", "# variable number {0}\n    KEY_{0}: \"" + new string('v', 220) + " {0}\"\n", "applications:\n- name: app\n  env:\n"),
    ];

    /// <summary>Reads as a deployment does.</summary>
    public DefinitionResult Read(byte[] file) => DefinitionReader.Read(new DefinitionSources { ReadFile = path => path == Path ? file : null });

    /// <summary>Null, or what no reading may ever come to.</summary>
    public static string? Problem(DefinitionResult result)
    {
        if (result.Definition is null != result.Diagnostics.Any(d => d.Severity == Severity.Error))
            return "a definition beside an error, or neither";
        if (result.Diagnostics.FirstOrDefault(d => d.Code.Length == 0 || (d.Message + d.Hint + d.SourceLine).Any(char.IsControl)) is { } unprintable)
            return $"a diagnostic that cannot be printed: {unprintable.Code}";
        return result.Diagnostics.FirstOrDefault(d => d.Line < 0 || (d.Line > 0 && d.SourceLine is not null && d.Column <= 0)) is { } lost ? $"a diagnostic without a place: {lost.Code}" : null;
    }
}
