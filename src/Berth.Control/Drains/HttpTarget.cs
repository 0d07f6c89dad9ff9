using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Berth.Control.Logs;

namespace Berth.Control.Drains;

/// <summary>Batches of lines as JSON, one object a line, by POST. Any 2xx is a receipt.</summary>
internal sealed class HttpTarget : IDrainTarget
{
    private const int MaxAnswerCharacters = 200;

    private static readonly MediaTypeHeaderValue Type = new("application/x-ndjson");

    private readonly HttpClient _http;
    private readonly Uri _url;

    public HttpTarget(Uri url)
    {
        // Not through redirects: where logs go is what was asked for, and nobody else's choice.
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
        _url = new UriBuilder(url) { UserName = "", Password = "" }.Uri;
        if (url.UserInfo.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
    }

    public async Task SendAsync(string app, IReadOnlyList<LogRecord> lines, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(Json(app, lines)) };
        request.Content.Headers.ContentType = Type;
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (!response.IsSuccessStatusCode)
            throw new DrainRefusedException($"the receiver answered {(int)response.StatusCode} {await ReasonAsync(response, ct)}".TrimEnd());
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The beginning of what it says, whatever length the whole has.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        var text = new char[MaxAnswerCharacters];
        return new string(text, 0, await reader.ReadBlockAsync(text, ct)).ReplaceLineEndings(" ");
    }

    private static byte[] Json(string app, IReadOnlyList<LogRecord> lines)
    {
        using var body = new MemoryStream();
        using var json = new Utf8JsonWriter(body);
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("time", line.Time.UtcDateTime);
            json.WriteString("app", app);
            json.WriteString("service", line.Service);
            json.WriteString("sandbox", line.Sandbox);
            json.WriteString("stream", line.Stream == 'E' ? "stderr" : "stdout");
            json.WriteString("text", line.Text);
            json.WriteEndObject();
            json.Flush();
            body.WriteByte((byte)'\n');
            json.Reset();
        }
        return body.ToArray();
    }
}
