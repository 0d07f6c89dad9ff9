using Berth.Contracts;
using Berth.Control.Operations;
using Berth.Model;

namespace Berth.Server.Api;

/// <summary>Errors as RFC 9457 problem details.</summary>
internal static class ProblemResults
{
    private const string ContentType = "application/problem+json";

    public static IResult From(OperationError error) => Of(StatusOf(error.Kind), error.Code, error.Message);

    public static IResult Of(int status, string code, string detail) => Results.Json(Problem(status, code, detail), ContractsJson.Default.Problem, ContentType, status);

    public static Task WriteAsync(HttpContext http, int status, string code, string detail)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(Problem(status, code, detail), ContractsJson.Default.Problem, ContentType);
    }

    /// <summary>What an engine's failure is to a client of the API.</summary>
    public static (int Status, string Code) StatusOf(EngineException error) => error.Error switch
    {
        EngineError.Unreachable => (StatusCodes.Status503ServiceUnavailable, "engine-unreachable"),
        EngineError.NotFound => (StatusCodes.Status404NotFound, "not-found-in-engine"),
        EngineError.DiskFull => (StatusCodes.Status507InsufficientStorage, "disk-full"),
        _ => (StatusCodes.Status502BadGateway, "engine-refused"),
    };

    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.NoSpace => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    private static Problem Problem(int status, string code, string detail) => new()
    {
        Type = $"/errors/{code}",
        Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        Status = status,
        Detail = detail,
    };
}
