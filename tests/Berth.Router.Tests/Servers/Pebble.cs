using System.Diagnostics;
using System.Globalization;
using Berth.Testing;

namespace Berth.Router.Tests.Servers;

/// <summary>
/// Let's Encrypt's own server for trying clients, as Debian packages it. It rejects nonces at random, and comes to fetch challenges at <paramref name="validationPort"/> of this machine, where its
/// DNS says that every name is.
/// </summary>
public sealed class Pebble(int validationPort) : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("berth-pebble-");
    private readonly TestCertificate _certificate = new("localhost");
    private readonly int _port = FreePort.Next();
    private readonly List<Process> _processes = [];

    public Uri DirectoryUrl => new($"https://127.0.0.1:{_port}/dir");

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere => Find("pebble") is not null && Find("pebble-challtestsrv") is not null;

    public async Task StartAsync()
    {
        int dns = FreePort.Next();
        var config = Path.Combine(_folder.FullName, "config.json");
        await File.WriteAllTextAsync(config, $$"""
            { "pebble": { "listenAddress": "127.0.0.1:{{_port}}", "managementListenAddress": "127.0.0.1:{{FreePort.Next()}}", "certificate": "{{_certificate.Routed.File}}", "privateKey": "{{_certificate.Routed.File}}",
              "httpPort": {{validationPort}}, "tlsPort": 1, "ocspResponderURL": "", "externalAccountBindingRequired": false } }
            """);
        Start("pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "",
            "-dns01", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{dns}"), "-management", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}"));
        Start("pebble", "-config", config, "-dnsserver", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{dns}"));
        using var visitor = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } });
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return (await visitor.GetAsync(DirectoryUrl)).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PEBBLE_VA_NOSLEEP"] = "1";
        start.Environment["PEBBLE_WFE_NONCEREJECT"] = "20";
        var process = Process.Start(start)!;
        // Read, so that it does not stand still with a full pipe.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }
}
