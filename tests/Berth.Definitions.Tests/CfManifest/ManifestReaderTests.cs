using System.Text;
using Berth.Definitions.CfManifest;
using Berth.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.Definitions.Tests.CfManifest;

public sealed class ManifestReaderTests
{
    [Fact]
    public void All_mistakes_are_told_with_their_places()
    {
        var found = Problems("""
            applications:
            - name: one
              memory: 512
              instanses: 2
              processes:
              - type: worker
                healthCheckType: ping
            - name: two
              routes: [ { route: shop } ]
            """);
        Assert.Equal([("manifest-size-unit", 3, 11), ("unknown-key", 4, 3), ("manifest-choice", 7, 22), ("manifest-route", 9, 22)], found.Select(d => (d.Code, d.Line, d.Column)));
        Assert.Equal("did you mean \"instances\"?", found[1].Hint);
        Assert.Equal("application \"one\", process \"worker\": \"healthCheckType\" is \"ping\"", found[2].Message);
    }

    [Fact]
    public void The_spellings_of_a_key_are_one_key()
    {
        Assert.Equal("manifest-key-twice", Assert.Single(Problems("applications:\n- name: a\n  health-check-type: process\n  healthCheckType: process")).Code);
        foreach (var key in (string[])["health-check-type", "health_check_type", "healthCheckType"])
            Assert.Equal(HealthCheckKind.Process, Assert.Single(Application($"applications:\n- name: a\n  {key}: process").Processes).Health!.Kind);
    }

    [Fact]
    public void A_merge_key_takes_in_what_is_not_written()
    {
        var application = Application("""
            base: &base
              memory: 64M
              instances: 3
              env: { A: 1 }
            applications:
            - <<: *base
              name: a
              memory: 128M
            """);
        var web = Assert.Single(application.Processes);
        Assert.Equal((128 * ByteSize.MiB, 3), (web.MemoryBytes, web.Instances));
        Assert.Equal(new EnvVar("A", "1"), Assert.Single(application.Env));
    }

    [Fact]
    public void A_variable_gives_its_type_where_it_stands_alone_and_its_text_elsewhere()
    {
        const string Text = "applications:\n- name: shop-((env))\n  instances: ((count))\n  env: { ((key)): \"((nested.list.name))/((count))\", RAW: \"((x y))\" }";
        var application = Application(Text, ["env: dev\ncount: 1\nkey: PLACE\nnested: { list: { name: here } }"], ["count=2"]);
        Assert.Equal("shop-dev", application.Name);
        Assert.Equal(2, Assert.Single(application.Processes).Instances);
        Assert.Equal([new EnvVar("PLACE", "here/2"), new EnvVar("RAW", "((x y))")], application.Env);
        Assert.Equal(["env", "count", "key", "nested.list.name"], Problems(Text).Select(d => d.Message.Split("((")[1].Split("))")[0]));
    }

    [Fact]
    public void A_variable_that_is_a_list_cannot_stand_inside_a_text() =>
        Assert.Equal("manifest-variable-type", Assert.Single(Read("applications:\n- name: a\n  command: run ((x))", ["x: [1]"], []).Diagnostics).Code);

    [Fact]
    public void A_value_that_YAML_does_not_read_as_it_is_written_is_told()
    {
        var manifest = Read("applications:\n- name: a\n  env: { A: yes, B: 1.10, C: 0755, D: \"yes\", E: 1e3, F: , G: 12:30 }", [], []);
        Assert.Equal(["true", "1.1", "493", "yes", "1e3", "", "12:30"], Assert.Single(manifest.Applications).Env.Select(v => v.Value));
        Assert.Equal(3, manifest.Diagnostics.Count(d => d is { Severity: Severity.Warning, Code: "manifest-env-value-read" }));
    }

    [Fact]
    public void What_is_harmless_to_leave_out_is_a_warning_and_what_is_not_an_error()
    {
        var manifest = Read("""
            applications:
            - name: a
              disk_quota: 1G
              stack: cflinuxfs4
              log-rate-limit-per-second: 16K
              metadata: { labels: { team: x } }
              features: { ssh: true }
              services: [ db ]
              user: root
              routes:
              - route: tcp.example.com:1234
            """, [], []);
        Assert.Equal([3, 4, 5, 6, 7], manifest.Diagnostics.Where(d => d.Severity == Severity.Warning).Select(d => d.Line));
        Assert.Equal([8, 9, 11], manifest.Diagnostics.Where(d => d is { Severity: Severity.Error, Code: "not-carried-out" }).Select(d => d.Line));
    }

    [Theory]
    [InlineData("nodejs_buildpack", "node")]
    [InlineData("https://github.com/cloudfoundry/python-buildpack.git#v1.8.1", "python")]
    [InlineData("staticfile_buildpack", "static")]
    public void A_buildpack_names_a_stack(string buildpack, string stack) =>
        Assert.Equal(stack, Application($"applications:\n- name: a\n  buildpacks: [ \"{buildpack}\" ]").Stack);

    [Fact]
    public void A_small_file_that_stands_for_a_huge_one_is_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++)
            bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Equal("yaml-too-large", Assert.Single(Problems(bomb.ToString())).Code);
        Assert.Equal("yaml-too-deep", Assert.Single(Problems("applications: " + new string('[', 500_000))).Code);
        Assert.Equal("yaml-unknown-anchor", Assert.Single(Problems("a: &a [*a]")).Code);
        Assert.Contains(Read($"applications: [{string.Concat(Enumerable.Repeat("((x)), ", 4500))}]", [$"x: [{string.Concat(Enumerable.Repeat("y, ", 4500))}]"], []).Diagnostics, d => d.Code == "manifest-variables-too-large");
        Assert.Contains(Read($"applications: [{string.Concat(Enumerable.Repeat("a((x)), ", 4500))}]", [$"x: {new string('y', 100_000)}"], []).Diagnostics, d => d.Code == "manifest-variables-too-large");
    }

    [Fact]
    public void Any_bytes_are_read_as_a_manifest_or_complained_about()
    {
        string[] pieces =
        [
            "applications:", "\n", "\n- ", "\n  ", "name: a", "processes:", "type: web", ": ", "[", "]", "{", "}", "&a ", "*a", "<<: ", "|", ">", "'", "\"", "\\x", "#", "%YAML", "---", "...", "!!str ",
            "? ", "\t", "((x))", "memory: ", "1G", "-1", "routes:", "route: ", "env:", "health-check-type: ", "http", "~", "é", "🚢", "\0", "\uFEFF", "\u2028", ",",
        ];
        var random = ArbMap.Default.GeneratorFor<byte[]>();
        var texts = Gen.Elements(pieces).ArrayOf().Select(parts => Encoding.UTF8.GetBytes("applications:\n- name: a\n  " + string.Concat(parts)));
        var values = ManifestVariables.Read([("v", "x: [1, { a: b }]"u8.ToArray())], [], new DefinitionLimits()).Variables;
        Prop.ForAll(Gen.Frequency((1, random), (4, texts)).ToArbitrary(), bytes =>
        {
            var manifest = ManifestReader.Read("manifest.yml", bytes, values, new DefinitionLimits());
            Assert.All(manifest.Diagnostics, d =>
            {
                Assert.DoesNotContain(d.Message + d.Hint + d.SourceLine, char.IsControl);
                Assert.True(d.Line == 0 || d.Column > 0);
            });
            Assert.True(manifest.Applications.Count > 0 || manifest.HasErrors);
            DefinitionReader.Read(new DefinitionSources { ReadFile = path => path == "manifest.yml" ? bytes : path == "Procfile" ? "web: x\nweb2: y"u8.ToArray() : null, App = "a" });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));
    }

    private static ManifestFile Read(string text, string[] files, string[] pairs)
    {
        var (variables, problems) = ManifestVariables.Read([.. files.Select(file => ("vars.yml", Encoding.UTF8.GetBytes(file)))], pairs, new DefinitionLimits());
        Assert.Empty(problems);
        return ManifestReader.Read("manifest.yml", Encoding.UTF8.GetBytes(text), variables, new DefinitionLimits());
    }

    private static ManifestApplication Application(string text, string[]? files = null, string[]? pairs = null)
    {
        var manifest = Read(text, files ?? [], pairs ?? []);
        Assert.DoesNotContain(manifest.Diagnostics, d => d.Severity == Severity.Error);
        return Assert.Single(manifest.Applications);
    }

    private static IReadOnlyList<Diagnostic> Problems(string text) => Read(text, [], []).Diagnostics;
}
