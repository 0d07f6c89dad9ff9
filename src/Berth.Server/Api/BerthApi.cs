using Berth.Contracts;
using Berth.Control.Access;
using Berth.Model;
using Berth.Server.Dashboard;
using Berth.Server.Doctor;
using Berth.Server.Git;
using Berth.Server.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Berth.Server.Api;

/// <summary>The whole HTTP API: what guards it, what answers, and how failures look.</summary>
internal static class BerthApi
{
    public static void AddBerthApi(this IServiceCollection services)
    {
        // A body or a query that cannot be read is told like every other failure, not by a bare status.
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
        });
        services.AddRoutingCore();
        services.AddSingleton<AppViews>();
        services.AddSingleton<DeploymentViews>();
        services.TryAddSingleton(new ServerOptions());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new DoctorOptions()).AddSingleton<MachineLooks>().AddSingleton<EngineLooks>().AddSingleton<AppLooks>().AddSingleton<Doctor.Doctor>();
        services.TryAddSingleton(new GitOptions());
        services.AddGit();
        services.AddDashboard();
    }

    public static void MapBerthApi(this WebApplication app)
    {
        app.Use(HandleFailuresAsync);
        app.UseMiddleware<SessionAuthentication>();
        app.UseMiddleware<TokenAuthentication>();
        app.UseMiddleware<AuditTrail>();
        app.UseMiddleware<AccessCheck>();
        app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        app.MapGet("/healthz", () => "ok\n").Open().ExcludeFromDescription();
        app.MapGet("/metrics", RouteEndpoints.MetricsAsync).Needs(Permission.View, Subject.Server).ExcludeFromDescription();
        app.MapGet("/openapi/v1.json", ApiDescription.SendAsync).Open().ExcludeFromDescription();
        var api = app.MapGroup("/v1");
        ServerEndpoints.Map(api);
        AppEndpoints.Map(api);
        DeploymentEndpoints.Map(api);
        ReleaseEndpoints.Map(api);
        CrashEndpoints.Map(api);
        SystemEndpoints.Map(api);
        SandboxEndpoints.Map(api);
        MetricsEndpoints.Map(api);
        LogEndpoints.Map(api);
        DrainEndpoints.Map(api);
        RouteEndpoints.Map(api);
        CertificateEndpoints.Map(api);
        DiskEndpoints.Map(api);
        AuditEndpoints.Map(api);
        CronEndpoints.Map(api);
        app.MapFallback("/v1/{**path}", NoEndpointAsync).Needs(Permission.View, Subject.Covered);
        app.MapGit();
        app.MapDashboard();
    }

    public static Task NoEndpointAsync(HttpContext http)
    {
        var asked = $"{http.Request.Method} {http.Request.Path}";
        // Endpoints are told apart by what they take, too: one that takes JSON is not found by anything else.
        return http.Request.ContentLength > 0 && !http.Request.HasJsonContentType()
            ? ProblemResults.WriteAsync(http, StatusCodes.Status415UnsupportedMediaType, "not-json", $"{asked} takes nothing of the type \"{http.Request.ContentType}\"; send JSON with Content-Type: application/json, in the form that /openapi/v1.json lists")
            : ProblemResults.WriteAsync(http, StatusCodes.Status404NotFound, "no-such-endpoint", $"{asked} is nothing that this server offers; /openapi/v1.json lists what it does");
    }

    /// <summary>Whatever goes wrong reaches the client as a problem that says what, as long as nothing was sent yet.</summary>
    private static async Task HandleFailuresAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
            // What the endpoints' generated code refuses on its own has a status and nothing else.
            if (!http.Response.HasStarted && http.Response is { StatusCode: StatusCodes.Status400BadRequest, ContentType: null })
                await ProblemResults.WriteAsync(http, StatusCodes.Status400BadRequest, "bad-request", "a parameter of the request has not the form that is expected here; /openapi/v1.json says which");
        }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            var (status, code) = e switch
            {
                EngineException engine => ProblemResults.StatusOf(engine),
                BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "too-large" : "bad-request"),
                InvalidDataException => (StatusCodes.Status400BadRequest, "bad-request"),
                IOException io when io.HResult == DiskFull => (StatusCodes.Status507InsufficientStorage, "disk-full"),
                _ => (StatusCodes.Status500InternalServerError, "internal"),
            };
            if (status >= StatusCodes.Status500InternalServerError)
                LogFailed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Berth.Server.Api"), http.Request.Method, http.Request.Path, e);
            var detail = status == StatusCodes.Status500InternalServerError ? "berthd met a bug or broken I/O; its log says more" : Detail(e);
            await Refusal.WriteAsync(http, status, code, detail);
        }
    }

    private const int DiskFull = 28;

    /// <summary>A body that does not parse hides the reason in the inner exception.</summary>
    private static string Detail(Exception e) => e is BadHttpRequestException { InnerException: System.Text.Json.JsonException json } ? $"the request's body is not the JSON that is expected here: {json.Message}" : e.Message;

    private static readonly Action<ILogger, string, string, Exception?> LogFailed =
        LoggerMessage.Define<string, string>(LogLevel.Error, new EventId(1), "{Method} {Path} failed");
}
