using System.Text;
using Berth.Definitions.Procfile;
using Berth.Definitions.Toml;
using Berth.Model;

namespace Berth.Definitions.Tests;

/// <summary>Where a file is too much, reading ends there, with one sentence that says so.</summary>
public sealed class LimitTests
{
    [Fact]
    public void A_file_defines_as_many_services_as_the_limit_says_and_not_one_more()
    {
        var limits = new DefinitionLimits { MaxServices = 3 };
        Assert.Empty(Codes(limits, "a: x\nb: x\nc: x\n", ""));
        Assert.Equal(["too-many-services"], Codes(limits, "a: x\nb: x\nc: x\nd: x\nno entry", ""));
        Assert.Empty(Codes(limits, "", "[services.a]\n[services.b]\n[services.c]\n"));
        Assert.Equal(["too-many-services"], Codes(limits, "", "[services.a]\n[services.b]\n[services.c]\n[services.d]\n[services.\"no name\"]\n"));
    }

    [Theory]
    [InlineData("a = 1\nb = 2\nc = 3\n")]
    [InlineData("a = {b = 1, c = 2}\n")]
    [InlineData("a = [1, 2]\n")]
    [InlineData("[a]\n[[b]]\n[c]\n")]
    [InlineData("[a.b]\nc = 1\n")]
    public void TOML_has_as_many_keys_tables_and_items_as_the_limit_says_and_not_one_more(string text)
    {
        Assert.Empty(TomlReader.Read("app.toml", Encoding.UTF8.GetBytes(text), new DefinitionLimits { MaxTomlValues = 3 }).Diagnostics);
        Assert.Equal(["toml-too-many-values"], TomlReader.Read("app.toml", Encoding.UTF8.GetBytes(text + "z = nothing"), new DefinitionLimits { MaxTomlValues = 2 }).Diagnostics.Select(d => d.Code));
    }

    [Theory]
    [InlineData("procfile", "x\n")]
    [InlineData("toml", "a = x\n")]
    [InlineData("keys", "unknown_{0} = 1\n")]
    public void After_the_last_problem_that_counts_the_rest_is_not_looked_at(string kind, string line)
    {
        var limits = new DefinitionLimits { MaxDiagnostics = 2, MaxProblems = 5 };
        var text = string.Concat(Enumerable.Range(0, 20).Select(number => line.Replace("{0}", $"{number}", StringComparison.Ordinal)));
        var diagnostics = kind == "procfile" ? ProcfileReader.Read("Procfile", Encoding.UTF8.GetBytes(text), limits).Diagnostics : Read(limits, null, text);
        Assert.Equal(3, diagnostics.Count);
        Assert.Equal("3 or more problems in this file are not shown", diagnostics[2].Message);
    }

    private static IEnumerable<string> Codes(DefinitionLimits limits, string procfile, string appToml) =>
        Read(limits, procfile.Length == 0 ? null : procfile, appToml).Select(d => d.Code);

    private static IReadOnlyList<Diagnostic> Read(DefinitionLimits limits, string? procfile, string appToml) => DefinitionReader.Read(new DefinitionSources
    {
        ReadFile = path => path switch
        {
            "Procfile" when procfile is not null => Encoding.UTF8.GetBytes(procfile),
            ".berth/app.toml" => Encoding.UTF8.GetBytes(appToml),
            _ => null,
        },
        Limits = limits,
    }).Diagnostics;
}
