using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Contracts;

/// <summary>Sends requests and turns everything that is no good answer into one of the two exceptions of this client.</summary>
internal sealed class ApiConnection : IDisposable
{
    private const string ErrorPrefix = "/errors/";

    private readonly Uri _url;
    private readonly BerthClientOptions _options;
    private readonly HttpClient _http;

    public ApiConnection(Uri url, string? token, BerthClientOptions options)
    {
        _url = url;
        _options = options;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            // A token must not follow a redirect to somewhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !url.IsLoopback,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(url.AbsoluteUri.EndsWith('/') ? url.AbsoluteUri : url.AbsoluteUri + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.MaxAnswerBytes,
        };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type) => new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    /// <summary>A request with an answer of one JSON value.</summary>
    public async Task<T> AskAsync<T>(HttpMethod method, string path, HttpContent? body, Func<JsonTypeInfo<T>> type, CancellationToken ct)
    {
        // A type's first use costs as much as the exchange itself, and a command has but one: they share the time.
        var reading = Task.Run(type, CancellationToken.None);
        var bytes = await ExchangeAsync(method, path, body, ct).ConfigureAwait(false);
        try
        {
            var typeInfo = await reading.ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, typeInfo) ?? throw NotBerth();
        }
        catch (JsonException)
        {
            throw NotBerth();
        }
    }

    /// <summary>A request whose answer has nothing to say beyond that it was done.</summary>
    public Task TellAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct) => ExchangeAsync(method, path, body, ct);

    /// <summary>A request with an answer that goes on: one JSON object a line. Nothing is sent before the first is asked for.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        // An upload that would be refused anyway (no such app, no rights) is not sent at all.
        request.Headers.ExpectContinue = body is SourceContent ? true : null;
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var lines = NdjsonReader.ReadAsync(stream, type, _options.MaxLineBytes, ct).GetAsyncEnumerator(ct);
        await using var __ = lines.ConfigureAwait(false);
        while (await MoveNextAsync(lines, ct).ConfigureAwait(false))
            yield return lines.Current;
    }

    /// <summary>Sends; anything but success is an exception. The caller disposes the response.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, completion, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            // A connection that stood and then broke is another thing than none at all: the request may have been carried out.
            throw e.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse or HttpRequestError.Unknown
                ? Lost(e)
                : new BerthUnreachableException(_url, ClientMessages.Unreachable(_url, Reason(e)), e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BerthUnreachableException(_url, ClientMessages.NoAnswer(_url, _options.ConnectTimeout), e);
        }
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols)
            return response;
        using (response)
            throw await RefusalAsync(response, ct).ConfigureAwait(false);
    }

    public BerthUnreachableException Lost(Exception? inner) => new(_url, ClientMessages.ConnectionLost(_url), inner);

    public BerthApiException NotBerth() => new(HttpStatusCode.OK, null, ClientMessages.NotBerth(_url), []);

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> ExchangeAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_options.AnswerTimeout);
        try
        {
            using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BerthUnreachableException(_url, ClientMessages.NoAnswer(_url, _options.AnswerTimeout), e);
        }
    }

    private async Task<bool> MoveNextAsync<T>(IAsyncEnumerator<T> lines, CancellationToken ct)
    {
        try
        {
            return await lines.MoveNextAsync().ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            throw new BerthApiException(HttpStatusCode.OK, null, ClientMessages.LineTooLong(_url, _options.MaxLineBytes), []);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException && !ct.IsCancellationRequested)
        {
            // Half a line is what a server leaves that was killed while it wrote.
            throw Lost(e);
        }
    }

    private async Task<BerthApiException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if ((int)response.StatusCode is >= 300 and < 400)
            return new BerthApiException(response.StatusCode, null, ClientMessages.Redirected(_url, response.Headers.Location), []);
        var problem = await ReadProblemAsync(response, ct).ConfigureAwait(false);
        var code = problem?.Type?.StartsWith(ErrorPrefix, StringComparison.Ordinal) == true ? problem.Type[ErrorPrefix.Length..] : null;
        var message = problem?.Detail ?? problem?.Title ?? ClientMessages.Status(_url, response.StatusCode);
        return new BerthApiException(response.StatusCode, code, message, problem?.Errors ?? []);
    }

    private static async Task<Problem?> ReadProblemAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, ContractsJson.Default.Problem);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // The status alone still tells what to do.
            return null;
        }
    }

    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host name is not known",
        HttpRequestError.SecureConnectionError => "no secure connection could be made (" + Innermost(e).Message + ")",
        _ => Innermost(e).Message,
    };

    private static Exception Innermost(Exception e) => e.GetBaseException();
}
