using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;

namespace Berth.Testing.Docker;

/// <summary>
/// Answers <c>POST /exec/{id}/start</c> on the bare connection, in front of Kestrel: a request that has a body and is upgraded all the
/// same is Docker's own invention, which Kestrel does not take part in.
/// </summary>
internal sealed class FakeHijack(FakeDocker engine, FakeExecs execs)
{
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate next, CancellationToken away)
    {
        // Not connection.ConnectionClosed: it fires when the client closes its half, which is only the end of the input.
        try
        {
            if (await PeekPathAsync(connection.Transport.Input, away) is not { } path)
            {
                await next(connection);
                return;
            }
            await AnswerAsync(connection.Transport, path, away);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionResetException)
        {
            // The client left, or the engine went away.
        }
    }

    /// <summary>The path of an exec's start, its request taken off the connection; null for any other, with nothing taken.</summary>
    private static async Task<string?> PeekPathAsync(PipeReader input, CancellationToken ct)
    {
        while (true)
        {
            var read = await input.ReadAsync(ct);
            var text = Encoding.ASCII.GetString(read.Buffer);
            int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var path = text.Split(' ') is ["POST", var asked, ..] && asked.Contains("/exec/", StringComparison.Ordinal) && asked.EndsWith("/start", StringComparison.Ordinal) ? asked : null;
            if (read.IsCompleted || (head >= 0 && path is null))
            {
                input.AdvanceTo(read.Buffer.Start);
                return null;
            }
            int body = head < 0 ? 0 : LengthIn(text[..head]);
            if (head >= 0 && read.Buffer.Length >= head + 4 + body)
            {
                input.AdvanceTo(read.Buffer.GetPosition(head + 4 + body));
                return path;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static int LengthIn(string head)
    {
        const string name = "Content-Length: ";
        var line = head.Split("\r\n").First(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return int.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }

    private async Task AnswerAsync(IDuplexPipe transport, string path, CancellationToken ct)
    {
        await using var output = transport.Output.AsStream(leaveOpen: true);
        try
        {
            path = engine.TakeVersion(path);
            await engine.AdmitAsync($"POST {path}", ct);
            var exec = execs.Get(path.Split('/')[2]);
            await WriteAsync(output, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", ct);
            await FakeExecs.RunAsync(exec, transport.Input.AsStream(leaveOpen: true), output, ct);
        }
        catch (FakeRefusal refusal)
        {
            var body = new JsonObject { ["message"] = refusal.Message }.ToJsonString();
            await WriteAsync(output, $"HTTP/1.1 {refusal.Status} Refused\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}", ct);
        }
    }

    private static async Task WriteAsync(Stream output, string text, CancellationToken ct)
    {
        await output.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
        await output.FlushAsync(ct);
    }
}
