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
    private const int FileBuffer = 128 * 1024;

    private readonly ServerAddress _server;
    private readonly string? _token;
    private readonly BerthClientOptions _options;
    private readonly Lazy<HttpClient> _http;
    private readonly LoopbackExchange? _loopback;

    public ApiConnection(ServerAddress server, string? token, BerthClientOptions options)
    {
        _server = server;
        _token = token;
        _options = options;
        _http = new Lazy<HttpClient>(CreateHttp);
        _loopback = options.PlainLoopback && server.IsPlainLoopback ? new LoopbackExchange(server, token, options) : null;
    }

    public static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <summary>A request with an answer of one JSON value.</summary>
    public Task<T> AskAsync<T>(HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> type, CancellationToken ct) =>
        AskAsync(method, path, body, answer => JsonSerializer.Deserialize(answer, type), ct);

    /// <param name="read">What it makes of the answer; it throws <see cref="JsonException"/> for one that Berth would not give.</param>
    /// <inheritdoc cref="AskAsync{T}(HttpMethod, string, byte[], JsonTypeInfo{T}, CancellationToken)"/>
    public async Task<T> AskAsync<T>(HttpMethod method, string path, byte[]? body, Func<byte[], T?> read, CancellationToken ct)
    {
        var answer = await ExchangeAsync(method, path, body, ct).ConfigureAwait(false);
        return Parse(answer, read);
    }

    /// <summary>A request whose answer has nothing to say beyond that it was done.</summary>
    public Task TellAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct) => ExchangeAsync(method, path, body, ct);

    /// <summary>A request with an answer that goes on: one JSON object a line. Nothing is sent before the first is asked for.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        if (_loopback is null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent(body) };
            await foreach (var item in SendForLinesAsync(request, type, ct).ConfigureAwait(false))
                yield return item;
            yield break;
        }
        var stream = await OpenLoopbackAsync(method, path, body, ct).ConfigureAwait(false);
        await foreach (var item in LinesAsync(stream, type, ct).ConfigureAwait(false))
            yield return item;
    }

    /// <summary>Sends a source, in whatever time that takes, for an answer that goes on: one JSON object a line. Nothing is sent before the first is asked for.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string path, SourceContent source, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = source };
        // An upload that would be refused anyway (no such app, no rights) is not sent at all.
        request.Headers.ExpectContinue = true;
        await foreach (var item in SendForLinesAsync(request, type, ct).ConfigureAwait(false))
            yield return item;
    }

    /// <summary>Copies an answer that is one file.</summary>
    public async Task DownloadAsync(string path, Stream target, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, ct).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        await using var closed = body.ConfigureAwait(false);
        var buffer = new byte[FileBuffer];
        while (await ReadSomeAsync(body, buffer, ct).ConfigureAwait(false) is > 0 and var count)
            await target.WriteAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
    }

    /// <summary>Sends a file, in whatever time that and the answer take, for one JSON value.</summary>
    public async Task<T> UploadAsync<T>(string path, Stream file, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StreamContent(file, FileBuffer) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip") } } };
        request.Headers.ExpectContinue = true;
        using var response = await SendAsync(request, ct).ConfigureAwait(false);
        return Parse(await ReadAsync(response, ct).ConfigureAwait(false), answer => JsonSerializer.Deserialize(answer, type));
    }

    /// <summary>Sends; anything but success is an exception. The body is still to be read; the caller disposes the response.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var response = await TrySendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols)
            return response;
        using (response)
            throw Refusal(await ReadAsync(response, ct).ConfigureAwait(false));
    }

    public BerthUnreachableException Lost(Exception? inner) => new(ClientMessages.ConnectionLost(_server), inner);

    public BerthApiException NotBerth() => new(HttpStatusCode.OK, null, ClientMessages.NotBerth(_server), []);

    public void Dispose()
    {
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }

    private HttpClient CreateHttp()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = _options.ConnectTimeout,
            // A token must not follow a redirect to somewhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !_server.IsLoopback,
            ActivityHeadersPropagator = null,
        };
        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(_server.Text + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = _options.MaxAnswerBytes,
        };
        if (_token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return http;
    }

    private async Task<Answer> ExchangeAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        var answer = _loopback is not null ? OverLoopback(method, path, body, ct) : await OverHttpAsync(method, path, body, ct).ConfigureAwait(false);
        return (int)answer.Status is >= 200 and < 300 ? answer : throw Refusal(answer);
    }

    private Answer OverLoopback(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        try
        {
            return _loopback!.Send(method, path, body, ct);
        }
        catch (InvalidDataException)
        {
            throw NotBerth();
        }
    }

    private async Task<LoopbackStream> OpenLoopbackAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        try
        {
            var (stream, refusal) = await _loopback!.OpenAsync(method, path, body, ct).ConfigureAwait(false);
            return stream ?? throw Refusal(refusal!);
        }
        catch (InvalidDataException)
        {
            throw NotBerth();
        }
    }

    private async IAsyncEnumerable<T> SendForLinesAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await SendAsync(request, ct).ConfigureAwait(false);
        await foreach (var item in LinesAsync(await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false), type, ct).ConfigureAwait(false))
            yield return item;
    }

    /// <param name="stream">Is closed at the end.</param>
    private async IAsyncEnumerable<T> LinesAsync<T>(Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var closed = stream.ConfigureAwait(false);
        var lines = NdjsonReader.ReadAsync(stream, type, _options.MaxLineBytes, ct).GetAsyncEnumerator(ct);
        await using var ended = lines.ConfigureAwait(false);
        while (await MoveNextAsync(lines, ct).ConfigureAwait(false))
            yield return lines.Current;
    }

    private async Task<Answer> OverHttpAsync(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent(body) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_options.AnswerTimeout);
        try
        {
            using var response = await TrySendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token).ConfigureAwait(false);
            return await ReadAsync(response, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BerthUnreachableException(ClientMessages.NoAnswer(_server, _options.AnswerTimeout), e);
        }
    }

    private async Task<HttpResponseMessage> TrySendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken ct)
    {
        try
        {
            return await _http.Value.SendAsync(request, completion, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            // A connection that stood and then broke is another thing than none at all: the request may have been carried out.
            throw e.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse or HttpRequestError.Unknown
                ? Lost(e)
                : new BerthUnreachableException(ClientMessages.Unreachable(_server, Reason(e)), e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BerthUnreachableException(ClientMessages.NoAnswer(_server, _options.ConnectTimeout), e);
        }
    }

    private async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
            return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.Location?.ToString(), bytes);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Lost(e);
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
            throw new BerthApiException(HttpStatusCode.OK, null, ClientMessages.LineTooLong(_server, _options.MaxLineBytes), []);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException && !ct.IsCancellationRequested)
        {
            // Half a line is what a server leaves that was killed while it wrote.
            throw Lost(e);
        }
    }

    private async Task<int> ReadSomeAsync(Stream body, byte[] buffer, CancellationToken ct)
    {
        try
        {
            return await body.ReadAsync(buffer, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Lost(e);
        }
    }

    private T Parse<T>(Answer answer, Func<byte[], T?> read)
    {
        try
        {
            return read(answer.Body) ?? throw NotBerth();
        }
        catch (JsonException)
        {
            throw NotBerth();
        }
    }

    private BerthApiException Refusal(Answer answer)
    {
        if ((int)answer.Status is >= 300 and < 400)
            return new BerthApiException(answer.Status, null, ClientMessages.Redirected(_server, answer.Location), []);
        var problem = ProblemOf(answer);
        var code = problem?.Type?.StartsWith(ErrorPrefix, StringComparison.Ordinal) == true ? problem.Type[ErrorPrefix.Length..] : null;
        var message = problem?.Detail ?? problem?.Title ?? ClientMessages.Status(_server, answer.Status);
        return new BerthApiException(answer.Status, code, message, problem?.Errors ?? []);
    }

    private static HttpContent JsonContent(byte[] json) => new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Null where there is none: the status alone still tells what to do.</summary>
    private static Problem? ProblemOf(Answer answer)
    {
        if (answer.MediaType is not ("application/problem+json" or "application/json"))
            return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Body, ContractsJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Reason(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host name is not known",
        HttpRequestError.SecureConnectionError => "no secure connection could be made (" + e.GetBaseException().Message + ")",
        _ => e.GetBaseException().Message,
    };
}
