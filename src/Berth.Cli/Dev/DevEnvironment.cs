using System.Globalization;
using Berth.Model;

namespace Berth.Cli.Dev;

/// <summary>
/// The variables that a process gets over those of the shell. The later wins: Berth's own, where the services in containers are, the app's from its
/// files, the <c>.env</c> file's, the service's own.
/// </summary>
/// <param name="App">The app's name.</param>
/// <param name="OfApp">From app.toml.</param>
/// <param name="OfFile">From the <c>.env</c> file.</param>
internal sealed record DevEnvironment(string App, IReadOnlyList<EnvVar> OfApp, IReadOnlyList<EnvVar> OfFile)
{
    /// <summary>In place of a release's id.</summary>
    private const string Release = "dev";

    /// <summary>Chooses the first service's port: each process gets its own.</summary>
    public const string Port = "PORT";

    /// <param name="addresses">Where the services in containers are.</param>
    public IReadOnlyList<EnvVar> For(DevProcess process, IReadOnlyList<EnvVar> addresses) =>
        // PS is foreman's name for what Berth calls the sandbox.
        Of(process, process.Port, [.. addresses, new("PS", process.Name)]);

    /// <param name="port">What it is to listen on inside; null: it has no port.</param>
    public IReadOnlyList<EnvVar> ForContainer(DevProcess process, int? port) => Of(process, port, []);

    private IReadOnlyList<EnvVar> Of(DevProcess process, int? port, IReadOnlyList<EnvVar> others) => EnvVars.Merge(
        port is { } number ? [new EnvVar(Port, number.ToString(CultureInfo.InvariantCulture))] : [],
        [
            new("BERTH_APP", App),
            new("BERTH_SERVICE", process.Service.Name),
            new("BERTH_RELEASE", Release),
            new("BERTH_SANDBOX", process.Name),
        ],
        others, OfApp, [.. OfFile.Where(v => v.Key != Port)], process.Service.Env);
}
