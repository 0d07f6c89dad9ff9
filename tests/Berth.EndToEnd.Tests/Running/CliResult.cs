using System.Text;
using System.Text.Json.Nodes;

namespace Berth.EndToEnd.Tests.Running;

/// <summary>What one call of <c>berth</c> came to.</summary>
/// <param name="Call">The words it was called with, for messages.</param>
public sealed record CliResult(string Call, int ExitCode, byte[] Output, string Stderr)
{
    public string Stdout => Encoding.UTF8.GetString(Output);

    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException($"{this} printed no JSON");

    /// <summary>Fails the test unless the call ended with 0.</summary>
    public CliResult Succeeded() => Exited(0);

    /// <summary>Fails the test, with all that was printed, unless the call ended with <paramref name="code"/>.</summary>
    public CliResult Exited(int code)
    {
        Assert.True(ExitCode == code, $"{this}\nexpected exit code {code}");
        return this;
    }

    public override string ToString() => $"`berth {Call}` ended with {ExitCode}\nstdout:\n{Stdout}\nstderr:\n{Stderr}";
}
