using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.AppToml;

public sealed class AppTomlTests
{
    [Fact]
    public void Every_key_reaches_the_definition()
    {
        var definition = Read(appToml: """
            name = "shop"
            include = ["public/build/"]
            release = "migrate"
            env = [{ key = "A", value = "1" }]

            [build]
            dockerfile = "docker/Dockerfile"
            version = "3.12"
            onbuild = ["make"]
            base = "debian:12"

            [services.web]
            command = "serve"
            image = "shop:1"
            port = 8000
            memory = "512M"
            cpu = 0.5
            stop_timeout = "30s"
            overlap = false
            health = { type = "http", path = "/healthz", interval = "5s", timeout = "2s", startup_timeout = "2m" }

            [[services.web.env]]
            key = "B"
            value = "two words = $A"

            [services.web.concurrency]
            mode = "auto"
            requests_per_instance = 20
            scale_down_delay = "10m"
            min_instances = 1
            max_instances = 5
            standby = 2
            standby_delay = "5m"
            """).Valid();
        Assert.Equal(("shop", "migrate"), (definition.Name, definition.ReleaseCommand));
        Assert.Equal([new EnvVar("A", "1")], definition.Env);
        Assert.Equal(("docker/Dockerfile", "3.12", "debian:12"), (definition.Build.Dockerfile, definition.Build.Version, definition.Build.Base));
        Assert.Equal(["make"], definition.Build.OnBuild);
        Assert.Equal(["public/build/"], definition.Build.Include);
        var web = Assert.Single(definition.Services);
        Assert.Equal(("serve", "shop:1", 8000), (web.Command, web.Image, web.Port));
        Assert.Equal((512 * ByteSize.MiB, 0.5, TimeSpan.FromSeconds(30), false), (web.MemoryBytes, web.Cpu, web.StopTimeout, web.Overlap));
        Assert.Equal(
            new HealthCheck
            {
                Kind = HealthCheckKind.Http,
                Path = "/healthz",
                Interval = TimeSpan.FromSeconds(5),
                Timeout = TimeSpan.FromSeconds(2),
                StartupTimeout = TimeSpan.FromMinutes(2),
            },
            web.Health);
        Assert.Equal([new EnvVar("B", "two words = $A")], web.Env);
        Assert.Equal(
            new Scaling { Mode = ScalingMode.Auto, RequestsPerInstance = 20, ScaleDownDelay = TimeSpan.FromMinutes(10), MinInstances = 1, MaxInstances = 5, Standby = 2, StandbyDelay = TimeSpan.FromMinutes(5) },
            web.Scaling);
        Assert.Equal(".miren/app.toml:12", web.Source);
        Assert.Empty(web.Defaults);
    }

    [Theory]
    [InlineData("[services.web]\ncommand = \"x\"", "auto:10")]
    [InlineData("[services.worker]\ncommand = \"x\"", "fixed:1")]
    [InlineData("[services.web.concurrency]\nrequests_per_instance = 50", "auto:50")]
    [InlineData("[services.web.concurrency]\nmode = \"fixed\"", "fixed:1")]
    [InlineData("[services.worker.concurrency]\nnum_instances = 4", "fixed:4")]
    [InlineData("[services.worker.concurrency]\nmode = \"auto\"", "auto:10")]
    [InlineData("[services.worker.concurrency]\nrequests_per_instance = 5", "auto:5")]
    [InlineData("[services.worker.concurrency]\nshutdown_timeout = \"1m\"", "fixed:1")]
    public void The_mode_is_as_written_or_as_the_keys_or_the_name_say(string appToml, string expected)
    {
        var scaling = Service(appToml).Scaling;
        Assert.Equal(expected, scaling.Mode == ScalingMode.Fixed ? $"fixed:{scaling.Instances}" : $"auto:{scaling.RequestsPerInstance}");
    }

    [Fact]
    public void What_a_concurrency_table_leaves_out_is_told_value_by_value()
    {
        var defaults = Service("[services.web]\ncommand = \"x\"\n[services.web.concurrency]\nmode = \"auto\"\nscale_down_delay = \"1m\"").Defaults;
        Assert.Contains("concurrency.requests_per_instance 10", defaults);
        Assert.Contains("concurrency.max_instances 20", defaults);
        Assert.DoesNotContain(defaults, words => words.Contains("scale_down_delay", StringComparison.Ordinal));
    }

    [Fact]
    public void Shutdown_timeout_is_another_word_for_stop_timeout()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), Service("[services.web.concurrency]\nshutdown_timeout = \"1m\"").StopTimeout);
        Assert.Equal([("timeout-twice", 4)], Problems("[services.web]\nstop_timeout = \"5s\"\n[services.web.concurrency]\nshutdown_timeout = \"1m\""));
    }

    [Theory]
    [InlineData("nmae = \"x\"", "name")]
    [InlineData("service = {}", "services")]
    [InlineData("[build]\nDockerFile = \"x\"", "dockerfile")]
    [InlineData("[services.web]\ncomand = \"x\"", "command")]
    [InlineData("[services.web]\nstop-timeout = \"5s\"", "stop_timeout")]
    [InlineData("[services.web.concurrency]\ninstances = 2", "num_instances")]
    [InlineData("[[services.web.env]]\nkey = \"A\"\nvalu = \"x\"\nvalue = \"\"", "value")]
    [InlineData("[services.web.health]\ntype = \"port\"\nintervall = \"5s\"", "interval")]
    public void An_unknown_key_is_told_with_the_nearest_known_one(string appToml, string nearest)
    {
        var problem = Assert.Single(Read(appToml: appToml).Diagnostics);
        Assert.Equal("unknown-key", problem.Code);
        Assert.Equal($"did you mean \"{nearest}\"?", problem.Hint);
    }

    [Fact]
    public void A_key_that_is_near_to_none_is_told_with_all_that_are_known()
    {
        var problem = Assert.Single(Read(appToml: "[build]\ncolour = \"red\"").Diagnostics);
        Assert.Equal(("unknown-key", 2, 1), (problem.Code, problem.Line, problem.Column));
        Assert.Equal("known here are dockerfile, version, onbuild, base", problem.Hint);
    }

    [Theory]
    [InlineData("post_import = \"migrate\"", "release = \"command\"")]
    [InlineData("[tasks.clean]\ncommand = \"x\"", "berth exec")]
    [InlineData("[tasks.clean]\ncommand = \"x\"\ntrigger = \"schedule\"\nevery = \"1h\"", "write [[crons]]")]
    [InlineData("[tasks.migrate]\ncommand = \"x\"\ntrigger = \"deploy\"\ntimeout = \"10m\"", "timeout 10m")]
    [InlineData("[[services.irc.ports]]\nport = 6697\nname = \"irc\"\ntype = \"tcp\"\nnode_port = 6697", "within the app")]
    [InlineData("[[env]]\nname = \"A\"\nkey = \"A\"\nvalue = \"\"", "key = \"…\"")]
    public void A_key_that_is_not_carried_out_is_refused_with_what_to_write_instead(string appToml, string instead)
    {
        var problem = Assert.Single(Read(appToml: appToml).Diagnostics);
        Assert.Equal("not-carried-out", problem.Code);
        Assert.Contains(instead, problem.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name = 5", "a string", "an integer")]
    [InlineData("services = []", "a table", "an array")]
    [InlineData("services.web = \"x\"", "a table", "a string")]
    [InlineData("env = { A = \"x\" }", "an array of tables", "a table")]
    [InlineData("env = [\"A=x\"]", "an array of tables", "a string in it")]
    [InlineData("include = [\"a\", 1]", "an array of strings", "an integer in it")]
    [InlineData("[services.web]\nport = \"8000\"", "an integer", "a string")]
    [InlineData("[services.web]\nport = 8000.0", "an integer", "a float")]
    [InlineData("[services.web]\ncommand = [\"x\"]", "a string", "an array")]
    [InlineData("[services.web]\noverlap = \"yes\"", "true or false", "a string")]
    [InlineData("[services.web]\ncpu = \"0.5\"", "a number", "a string")]
    [InlineData("[services.web]\nmemory = 512", "a size in quotes", "an integer")]
    [InlineData("[services.web]\nstop_timeout = 07:32:00", "a duration in quotes", "a time")]
    [InlineData("[[env]]\nkey = \"A\"\nvalue = 5", "a string", "an integer")]
    public void A_value_of_the_wrong_type_is_told_with_both_types(string appToml, string expected, string found)
    {
        var problem = Assert.Single(Read(appToml: appToml).Diagnostics);
        Assert.Equal("wrong-type", problem.Code);
        Assert.EndsWith($"must be {expected}, not {found}", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
    }

    [Theory]
    [InlineData("port = 0", "out-of-range")]
    [InlineData("port = 65536", "out-of-range")]
    [InlineData("port = 9223372036854775807", "out-of-range")]
    [InlineData("memory = \"5M\"", "out-of-range")]
    [InlineData("memory = \"-1G\"", "bad-size")]
    [InlineData("memory = \"much\"", "bad-size")]
    [InlineData("cpu = 0", "out-of-range")]
    [InlineData("cpu = nan", "out-of-range")]
    [InlineData("cpu = -inf", "out-of-range")]
    [InlineData("stop_timeout = \"-5s\"", "out-of-range")]
    [InlineData("stop_timeout = \"2h\"", "out-of-range")]
    [InlineData("stop_timeout = \"5\"", "bad-duration")]
    [InlineData("command = \" \"", "blank-value")]
    [InlineData("command = \"a\\u0000b\"", "nul-in-value")]
    [InlineData("args = []", "blank-value")]
    [InlineData("args = [\"a\\u0000\"]", "nul-in-value")]
    [InlineData("image = \"two words\"", "bad-image")]
    [InlineData("health = {}", "missing-key")]
    [InlineData("health = { type = \"tcp\" }", "bad-choice")]
    [InlineData("health = { type = \"port\", path = \"/\" }", "health-path")]
    [InlineData("health = { type = \"http\", path = \"healthz\" }", "health-path")]
    [InlineData("concurrency = { mode = \"manual\" }", "bad-choice")]
    [InlineData("concurrency = { mode = \"fixed\", num_instances = 0 }", "out-of-range")]
    [InlineData("concurrency = { mode = \"fixed\", num_instances = 1001 }", "out-of-range")]
    [InlineData("concurrency = { mode = \"fixed\", standby = 1 }", "key-of-other-mode")]
    [InlineData("concurrency = { mode = \"auto\", num_instances = 1 }", "key-of-other-mode")]
    [InlineData("concurrency = { num_instances = 2 }", "key-of-other-mode")]
    [InlineData("concurrency = { min_instances = 21 }", "min-above-max")]
    [InlineData("concurrency = { scale_down_delay = \"-1m\" }", "out-of-range")]
    [InlineData("concurrency = { standby_delay = \"721h\" }", "out-of-range")]
    [InlineData("port_timeout = \"120\"", "bad-duration")]
    [InlineData("port_type = \"sctp\"", "bad-choice")]
    [InlineData("port_type = \"tcp\"", "no-http-port")]
    [InlineData("ports = [{ port = 80 }]", "missing-key")]
    [InlineData("ports = [{ port = 0, name = \"a\" }]", "out-of-range")]
    [InlineData("ports = [{ port = 80, name = \"a\", type = \"tcp\" }]", "no-http-port")]
    [InlineData("ports = [{ port = 80, name = \"a\" }, { port = 81, name = \"b\" }]", "second-http-port")]
    [InlineData("ports = [{ port = 80, name = \"a\" }, { port = 81, name = \"a\", type = \"tcp\" }]", "port-twice")]
    [InlineData("ports = [{ port = 80, name = \"a\" }, { port = 80, name = \"b\", type = \"tcp\" }]", "port-twice")]
    public void A_value_that_cannot_be_is_an_error_on_its_line(string line, string code)
    {
        Assert.Equal([(code, 3)], Problems($"[services.web]\n# the next line is wrong\n{line}\n"));
    }

    [Theory]
    [InlineData("name = \"My App\"", "bad-app-name", "name = \"my-app\"")]
    [InlineData("name = \"../x\"", "bad-app-name", "name = \"x\"")]
    [InlineData("[services.\"a.b\"]", "bad-service-name", "letters")]
    [InlineData("[services.release]", "release-is-no-service", "release = \"command\"")]
    [InlineData("[services.a]\n[services.A]", "service-names-clash", "choose another")]
    [InlineData("[services.a]\ncommand = \"x\"\nargs = [\"y\"]", "command-and-args", "keep command")]
    [InlineData("[[env]]\nvalue = \"x\"", "missing-key", "key = \"NAME\"")]
    [InlineData("[[env]]\nkey = \"\"\nvalue = \"x\"", "bad-env-key", "key = \"NAME\"")]
    [InlineData("[[env]]\nkey = \"A=B\"\nvalue = \"x\"", "bad-env-key", "key = \"NAME\"")]
    [InlineData("[build]\ndockerfile = \"../Dockerfile\"", "path-outside", "relative")]
    [InlineData("[build]\ndockerfile = \"/Dockerfile\"", "path-outside", "relative")]
    [InlineData("[build]\nonbuild = [\"\"]", "blank-value", "delete")]
    [InlineData("include = [\"\"]", "blank-value", "delete")]
    [InlineData("release = \"\"", "blank-value", "delete")]
    public void A_bad_name_or_path_is_told_with_what_to_write(string appToml, string code, string hint)
    {
        var problem = Assert.Single(Read(appToml: appToml).Diagnostics);
        Assert.Equal(code, problem.Code);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_given_twice_or_without_a_value_is_a_warning()
    {
        var result = Read(appToml: "[[env]]\nkey = \"A\"\nvalue = \"1\"\n[[env]]\nkey = \"B\"\n[[env]]\nkey = \"A\"\nvalue = \"2\"");
        Assert.Equal([new EnvVar("A", "2"), new EnvVar("B", "")], result.Valid().Env);
        Assert.Equal([("env-without-value", Severity.Warning), ("env-twice", Severity.Warning)], result.Diagnostics.Select(d => (d.Code, d.Severity)));
    }

    [Fact]
    public void With_a_mistake_in_the_TOML_only_that_is_told()
    {
        Assert.Equal([("toml-bare-word", 2)], Problems("unknown = 1\nname = shop"));
    }

    [Theory]
    [InlineData("[services.db]", "")]
    [InlineData("[services.db.concurrency]\nmode = \"fixed\"", "")]
    [InlineData("[services.db.concurrency]\nnum_instances = 1", "")]
    [InlineData("[services.db.concurrency]\nmode = \"fixed\"\nnum_instances = 2", "disk-needs-one-instance")]
    [InlineData("[services.db.concurrency]\nmode = \"auto\"", "disk-needs-one-instance")]
    [InlineData("[services.web]\n[services.db]", "")]
    public void A_disk_needs_exactly_one_instance(string tables, string code)
    {
        var codes = Read(appToml: $"{tables}\n[[services.db.disks]]\nname = \"data\"\nmount_path = \"/data\"\nsize_gb = 5").Diagnostics.Select(d => d.Code);
        Assert.Equal(code.Length == 0 ? [] : [code], codes);
    }

    [Theory]
    [InlineData("name = \"a\"", "missing-key")]
    [InlineData("mount_path = \"/a\"", "missing-key")]
    [InlineData("name = \"a\"\nmount_path = \"data\"", "bad-mount-path")]
    [InlineData("name = \"a\"\nmount_path = \"/\"", "bad-mount-path")]
    [InlineData("name = \"a\"\nmount_path = \"/a/../etc\"", "bad-mount-path")]
    [InlineData("name = \"../a\"\nmount_path = \"/a\"", "bad-disk-name")]
    [InlineData("name = \"a\"\nmount_path = \"/a\"\nsize_gb = -1", "out-of-range")]
    [InlineData("name = \"a\"\nmount_path = \"/a\"\nfilesystem = \"ntfs\"", "bad-choice")]
    [InlineData("name = \"a\"\nmount_path = \"/a\"\nsize = 5", "unknown-key")]
    [InlineData("name = \"a\"\nmount_path = \"/a\"\n[[services.db.disks]]\nname = \"a\"\nmount_path = \"/b\"", "disk-twice")]
    [InlineData("name = \"a\"\nmount_path = \"/a\"\n[[services.db.disks]]\nname = \"b\"\nmount_path = \"/a/\"", "disk-twice")]
    public void A_disk_that_is_not_well_described_is_refused(string disk, string code)
    {
        Assert.Contains(code, Read(appToml: $"[[services.db.disks]]\n{disk}").Diagnostics.Select(d => d.Code));
    }
}
