using Berth.Model;
using static Berth.Definitions.Tests.DefinitionFixture;

namespace Berth.Definitions.Tests.AppToml;

public sealed class RequiredVariablesTests
{
    private const string Declared = """
        [[env]]
        key = "DATABASE_URL"
        required = true
        sensitive = true
        description = "where the database is"

        [[env]]
        key = "MODE"
        value = "production"
        required = true

        [[services.worker.env]]
        key = "QUEUE"
        value = "  "
        required = true
        """;

    [Fact]
    public void All_that_have_no_value_are_named_with_the_command_that_sets_them()
    {
        var problem = RequiredVariables.Missing(Read(appToml: Declared).Valid(), [])!;
        Assert.Equal("env-required", problem.Code);
        Assert.Contains("\"DATABASE_URL\" (where the database is); \"QUEUE\" of service \"worker\"", problem.Message, StringComparison.Ordinal);
        Assert.Equal("set them: berth env set DATABASE_URL=VALUE QUEUE=VALUE", problem.Hint);
    }

    [Theory]
    [InlineData("postgres://db", "jobs", null)]
    [InlineData(" ", "jobs", "DATABASE_URL")]
    [InlineData("postgres://db", "", "QUEUE")]
    public void A_value_that_a_person_has_set_counts_unless_it_is_blank(string databaseUrl, string queue, string? missing)
    {
        var definition = Read(appToml: Declared).Valid();
        var problem = RequiredVariables.Missing(definition, [new("DATABASE_URL", databaseUrl), new("QUEUE", queue)]);
        Assert.Equal(missing is null ? null : $"set it: berth env set {missing}=VALUE", problem?.Hint);
    }

    [Fact]
    public void A_config_value_of_blanks_hides_that_of_the_file() =>
        Assert.NotNull(RequiredVariables.Missing(Read(appToml: "[[env]]\nkey = \"MODE\"\nvalue = \"x\"\nrequired = true").Valid(), [new("MODE", "")]));

    [Fact]
    public void A_declared_variable_without_a_value_is_not_set_by_the_file()
    {
        var result = Read(appToml: Declared + "\n[[services.worker.env]]\nkey = \"TOKEN\"\nsensitive = true");
        Assert.Empty(result.Diagnostics);
        Assert.Equal([new EnvVar("MODE", "production")], result.Valid().Env);
        Assert.Empty(result.Valid().Services[0].Env);
        Assert.Equal(["TOKEN"], result.Valid().SensitiveEnv.Where(key => key == "TOKEN"));
    }

    [Fact]
    public void Of_two_with_the_same_key_the_later_says_whether_it_is_required() =>
        Assert.Empty(Read(appToml: "[[env]]\nkey = \"A\"\nrequired = true\n[[env]]\nkey = \"A\"\nvalue = \"\"").Valid().RequiredEnv);
}
