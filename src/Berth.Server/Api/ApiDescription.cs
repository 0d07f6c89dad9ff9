namespace Berth.Server.Api;

/// <summary>
/// The API's OpenAPI document. It is made from the endpoints when Berth is tested and kept as <c>docs/openapi.json</c>: what describes endpoints at
/// run time would cost a resting server some megabytes.
/// </summary>
internal static class ApiDescription
{
    public static async Task SendAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json;charset=utf-8";
        await using var document = typeof(ApiDescription).Assembly.GetManifestResourceStream("openapi.json")!;
        await document.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
