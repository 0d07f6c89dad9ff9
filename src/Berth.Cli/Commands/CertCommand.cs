using System.CommandLine;
using System.Text;
using Berth.Cli.Output;
using Berth.Contracts;

namespace Berth.Cli.Commands;

/// <summary><c>berth cert add/list/remove</c></summary>
internal static class CertCommand
{
    private const int MaxFileBytes = 256 * 1024;

    public static Command Build(CommandContext context) => new("cert", "Certificates by which hosts answer with TLS")
    {
        BuildList(context),
        BuildAdd(context),
        BuildAuto(context),
        BuildRemove(context),
    };

    private static Command BuildList(CommandContext context)
    {
        var format = SharedOptions.Format();
        var command = new Command("list", "List all certificates") { format };
        command.SetAction((parse, ct) => ListAsync(context, SharedOptions.IsJson(parse, format), ct));
        return command;
    }

    private static Command BuildAdd(CommandContext context)
    {
        var host = Host();
        var certificate = new Option<string>("--cert") { Description = "PEM file with the certificate, the host's own first", HelpName = "FILE", Required = true };
        var key = new Option<string>("--key") { Description = "PEM file with its private key, without a password", HelpName = "FILE", Required = true };
        var command = new Command("add", "Give a host a certificate, or another one; open connections go on with the old") { host, certificate, key };
        command.SetAction((parse, ct) => AddAsync(
            context, parse.GetRequiredValue(host), new CertificateRequest(Read(context, parse.GetRequiredValue(certificate)), Read(context, parse.GetRequiredValue(key))), ct));
        return command;
    }

    private static Command BuildAuto(CommandContext context)
    {
        var host = Host();
        var off = new Option<bool>("--off") { Description = "No more; the certificate that is there stays" };
        var command = new Command("auto", "Have a public host's certificates by ACME (Let's Encrypt), and renew them") { host, off };
        command.SetAction((parse, ct) => AutomateAsync(context, parse.GetRequiredValue(host), !parse.GetValue(off), ct));
        return command;
    }

    private static Command BuildRemove(CommandContext context)
    {
        var host = Host();
        var command = new Command("remove", "Remove a host's certificate with its key") { host };
        command.SetAction((parse, ct) => RemoveAsync(context, parse.GetRequiredValue(host), ct));
        return command;
    }

    private static Argument<string> Host() => new("host") { Description = "The host name, for example demo.example.com or *.example.com", HelpName = "HOST" };

    private static string Read(CommandContext context, string path) => Encoding.UTF8.GetString(EnvCommand.ReadText(Path.GetFullPath(path, context.Folder), MaxFileBytes));

    private static async Task<int> ListAsync(CommandContext context, bool json, CancellationToken ct)
    {
        using var client = context.Connect();
        var certificates = await client.ListCertificatesAsync(ct).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context.Out, certificates, ContractsJson.Default.IReadOnlyListCertificateInfo);
            return ExitCodes.Done;
        }
        var table = new Table("HOST", "ISSUER", "ENDS", "BY", "PROBLEM");
        foreach (var certificate in certificates)
            table.Add(certificate.Host, certificate.Issuer, certificate.NotAfter is { } end ? $"{end:yyyy-MM-dd}" : null, certificate.Automatic ? "ACME" : "hand", certificate.Problem);
        table.WriteTo(context.Out, context.OutStyle);
        return ExitCodes.Done;
    }

    private static async Task<int> AddAsync(CommandContext context, string host, CertificateRequest request, CancellationToken ct)
    {
        using var client = context.Connect();
        var certificate = await client.PutCertificateAsync(host, request, ct).ConfigureAwait(false);
        context.Error.Write($"{host} answers with the certificate of {SafeText.Of(certificate.Issuer ?? "")}, which ends on {certificate.NotAfter:yyyy-MM-dd}\n");
        return ExitCodes.Done;
    }

    private static async Task<int> AutomateAsync(CommandContext context, string host, bool on, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.SetAutomaticCertificateAsync(host, on, ct).ConfigureAwait(false);
        context.Error.Write(on ? $"{host} gets a certificate within minutes, if http://{host} leads to this server; \"berth cert list\" shows what became of it\n" : $"the certificate of {host} is not renewed any more\n");
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(CommandContext context, string host, CancellationToken ct)
    {
        using var client = context.Connect();
        await client.RemoveCertificateAsync(host, ct).ConfigureAwait(false);
        context.Error.Write($"the certificate of {host} is removed\n");
        return ExitCodes.Done;
    }
}
