using System.Text;
using Berth.Definitions.AppToml;
using Berth.Definitions.Procfile;
using Berth.Definitions.Toml;
using Berth.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.Definitions.Tests;

/// <summary>Whatever the bytes are, reading ends, throws nothing, and every complaint has a place inside the file.</summary>
public sealed class ArbitraryBytesTests
{
    /// <summary>Pieces that readers look for, so that random files get past the first character.</summary>
    private static readonly string[] Pieces =
    [
        "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\"", "'", "\"\"\"", "'''", "\\", "\\u00", "\\U0011", "\n", "\r\n", "\r", " ", "\t", ":",
        "a", "b.c", "services", "web", "env", "key", "value", "release", "disks", "ports", "tasks", "trigger", "deploy", "health", "required = true\n", "concurrency", "mode", "auto", "0x", "1_", "-", "+", "1979-05-27", "07:32:00", "Z",
        "inf", "nan", "true", "1e", ".5", "\uFEFF", "é", "🚢", "\0", "web: x\n", "[services.web]\n", "a = 1\n", "port = 80\n", "command = \"x\"\n", "[[env]]\n", "key = \"A\"\n", "value = '1'\n",
    ];

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true);

    [Fact]
    public void Any_bytes_are_read_as_TOML_or_complained_about() =>
        Check(bytes => AssertSound(TomlReader.Read("app.toml", bytes, new DefinitionLimits()).Diagnostics));

    [Fact]
    public void Any_bytes_are_read_as_a_Procfile_or_complained_about() =>
        Check(bytes =>
        {
            var content = ProcfileReader.Read("Procfile", bytes, new DefinitionLimits());
            AssertSound(content.Diagnostics);
            Assert.True(content.Services.Count > 0 || content.Diagnostics.Count > 0);
        });

    [Fact]
    public void Any_bytes_make_a_definition_or_an_error_but_never_both() =>
        Check(bytes =>
        {
            var result = DefinitionReader.Read(new DefinitionSources { ReadFile = path => path is "Procfile" or ".berth/app.toml" ? bytes : null });
            AssertSound(result.Diagnostics);
            Assert.Equal(result.Definition is null, result.Diagnostics.Any(d => d.Severity == Severity.Error));
        });

    [Fact]
    public void Any_bytes_are_changed_into_TOML_that_has_the_variable_or_left_alone() =>
        Check(bytes =>
        {
            var edit = EnvEditor.Apply("app.toml", bytes, [new EnvVar("A", "new"), new EnvVar("B", "")], ["C"], new DefinitionLimits());
            AssertSound(edit.Diagnostics);
            if (edit.File is null)
                return;
            var env = (TomlArray)TomlReader.Read("app.toml", edit.File, new DefinitionLimits()).Root.Find("env")!.Value;
            Assert.Contains(env.Items.Cast<TomlTable>(), table => table.Find("key")?.Value is TomlString { Value: "A" } && table.Find("value")?.Value is TomlString { Value: "new" });
        });

    [Fact]
    public void Any_command_is_split_into_words_or_refused_with_a_reason() =>
        Prop.ForAll<string>(command =>
        {
            bool split = ShellWords.TrySplit(command ?? "", out _, out var problem);
            Assert.Equal(split, problem is null);
        }).Check(Runs);

    [Fact]
    public void Words_that_are_quoted_come_back_as_they_were() =>
        Prop.ForAll<NonNull<string>[]>(words =>
        {
            var command = string.Join(' ', words.Select(word => $"'{word.Get.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
            Assert.True(ShellWords.TrySplit(command, out var split, out _));
            Assert.Equal(words.Select(word => word.Get), split);
        }).Check(Runs);

    [Fact]
    public void Any_span_of_time_that_is_written_reads_back() =>
        Prop.ForAll(Gen.Choose(int.MinValue, int.MaxValue).Two().Select(two => TimeSpan.FromTicks(((long)two.Item1 << 20) + two.Item2)).ToArbitrary(), span =>
        {
            Assert.True(GoDuration.TryParse(GoDuration.Format(span), out var back));
            Assert.Equal(span, back);
        }).Check(Runs);

    private static void Check(Action<byte[]> check)
    {
        var random = ArbMap.Default.GeneratorFor<byte[]>();
        var pieces = Gen.Elements(Pieces).ArrayOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));
        Prop.ForAll(Gen.Frequency((1, random), (4, pieces)).ToArbitrary(), check).Check(Runs);
    }

    private static void AssertSound(IReadOnlyList<Diagnostic> diagnostics) => Assert.All(diagnostics, d =>
    {
        Assert.NotEmpty(d.Code);
        Assert.DoesNotContain(d.Message + d.Hint + d.SourceLine, char.IsControl);
        Assert.True(d.Line == 0 || d.Column > 0);
    });
}
