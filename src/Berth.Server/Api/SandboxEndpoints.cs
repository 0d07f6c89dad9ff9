using Berth.Contracts;
using Berth.Control;
using Berth.Control.Access;
using Microsoft.AspNetCore.Mvc;

namespace Berth.Server.Api;

/// <summary>Pools, sandboxes, and commands inside them.</summary>
internal static class SandboxEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/pools", (string? app, HttpContext http, AppViews views, CancellationToken ct) => views.PoolsAsync(app, http.Caller().Grant, ct)).Needs(Permission.View, Subject.Covered).WithSummary("Sandbox pools");
        api.MapGet("/sandboxes", (string? app, bool? all, HttpContext http, AppViews views, CancellationToken ct) => views.SandboxesAsync(app, all == true, http.Caller().Grant, ct)).Needs(Permission.View, Subject.Covered).WithSummary("Sandboxes; with all, also those that have ended");
        api.MapPost("/sandboxes/{id}/stop", StopAsync).Needs(Permission.Deploy, Subject.Sandbox).WithSummary("Stop a sandbox; its pool starts another").Produces(204);
        api.MapGet("/sandboxes/{id}/exec", ExecAsync).Needs(Permission.Deploy, Subject.Sandbox).Audited().WithSummary("Run a command in a sandbox, over a WebSocket");
        api.MapGet("/apps/{app}/run", RunAsync).Needs(Permission.Deploy).Audited().WithSummary("Run a command in a new sandbox of the active release, over a WebSocket; the sandbox ends with the connection");
        api.MapGet("/apps/{app}/forward", ForwardAsync).Needs(Permission.Deploy).Audited().WithSummary("Connect to a port of a service, over a WebSocket; without one, only try").Produces(204);
    }

    private static async Task<IResult> StopAsync(string id, ControlPlane control, CancellationToken ct)
    {
        var stopped = await control.Sandboxes.StopAsync(id, ct);
        return stopped.Error is { } error ? ProblemResults.From(error) : Results.NoContent();
    }

    // FromQuery is said aloud: for a bare array, a delegate generated at build time wants a body, and a request without one matches no route.
    private static async Task<IResult> ExecAsync(string id, [FromQuery] string[] command, bool? tty, bool? stdin, HttpContext http, ControlPlane control, TimeProvider time, CancellationToken ct)
    {
        if (ExecSocket.Problem(http, command) is { } problem)
            return problem;
        http.Note(string.Join(' ', command));
        var begun = await control.Sandboxes.ExecAsync(id, new() { Command = command, Tty = tty == true, AttachStdin = stdin == true }, ct);
        if (begun.Error is { } error)
            return ProblemResults.From(error);

        return await ExecSocket.TalkAsync(http, begun.Value, time, ct);
    }

    private static async Task<IResult> RunAsync(string app, string? service, [FromQuery] string[] command, bool? tty, HttpContext http, ControlPlane control, TimeProvider time, CancellationToken ct)
    {
        if (ExecSocket.Problem(http, command) is { } problem)
            return problem;
        http.Note(string.Join(' ', command));
        var begun = await control.Runs.RunAsync(app, service, command, tty == true, ct);
        return begun.Error is { } error ? ProblemResults.From(error) : await ExecSocket.TalkAsync(http, begun.Value, time, ct);
    }

    private static async Task<IResult> ForwardAsync(string app, string service, int port, HttpContext http, ControlPlane control, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        http.Note($"{service}:{port}");
        var connected = await control.Forwards.ConnectAsync(app, service, port, ct);
        if (connected.Error is { } error)
            return ProblemResults.From(error);
        using var connection = connected.Value;
        if (!http.WebSockets.IsWebSocketRequest)
            return Results.NoContent();
        http.Note(connection.Sandbox);
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        // It may last for days; berthd does not wait for it to end.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        await ForwardRelay.RunAsync(socket, connection.Socket, over.Token);
        return Results.Empty;
    }
}
