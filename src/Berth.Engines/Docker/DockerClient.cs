using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// HTTP over the engine's unix socket. Knows versions, time limits and broken connections, but no container and no
/// image. Safe for use by many callers at once.
/// </summary>
internal sealed class DockerClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _callTimeout;

    /// <summary>Null until asked, and again after a connection broke: the engine that comes back may be another version.</summary>
    private volatile string? _prefix;

    public DockerClient(DockerEngineOptions options, TimeProvider time)
    {
        Socket = options.Socket;
        _callTimeout = options.CallTimeout;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) => await ConnectAsync(ct),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            Expect100ContinueTimeout = options.CallTimeout,
        })
        {
            // The host is not used, but HTTP/1.1 wants one.
            BaseAddress = new Uri("http://docker"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public string Socket { get; }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        // With a length: the engine does not read chunked JSON bodies everywhere.
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public static HttpContent Tar(Stream tar)
    {
        var content = new StreamContent(tar);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        return content;
    }

    public Task<DockerReply> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, null, _callTimeout, ct);

    /// <summary>Calls and reads the whole answer, within <paramref name="timeout"/>.</summary>
    /// <exception cref="EngineException"><see cref="EngineError.Unreachable"/> only; refusals are in the reply.</exception>
    public async Task<DockerReply> SendAsync(HttpMethod method, string path, HttpContent? body, TimeSpan timeout, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var prefix = _prefix ?? await NegotiateAsync(either.Token);
            using var response = await RequestAsync(method, prefix + path, body, either.Token);
            return await ReadReplyAsync(response, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new EngineException(EngineError.Unreachable, EngineMessages.TimedOut(Socket, CallName(method, path), timeout));
        }
    }

    /// <summary>Calls and leaves the answer's body unread, without a time limit. Disposing the answer ends the connection.</summary>
    public async Task<DockerStream> OpenAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        var prefix = _prefix ?? await NegotiateAsync(ct);
        var response = await RequestAsync(method, prefix + path, body, ct);
        if (response.IsSuccessStatusCode)
            return new DockerStream(this, response, await response.Content.ReadAsStreamAsync(ct));
        using (response)
            return new DockerStream(await ReadReplyAsync(response, ct));
    }

    /// <summary>Posts JSON and takes over the connection for a conversation both ways.</summary>
    public async Task<HijackedConnection> HijackAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var prefix = _prefix ?? await NegotiateAsync(ct);
        try
        {
            return await HijackedConnection.OpenAsync(await ConnectAsync(ct), prefix + path, JsonSerializer.SerializeToUtf8Bytes(body, type), ct);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Unreachable(e);
        }
    }

    public async Task<VersionDetails> VersionAsync(CancellationToken ct)
    {
        using var response = await RequestAsync(HttpMethod.Get, "/version", null, ct);
        var reply = await ReadReplyAsync(response, ct);
        return reply.Ok ? reply.Read(DockerJson.Default.VersionDetails) : throw reply.Failure("ask the engine's version");
    }

    /// <summary>What a connection that cannot be made or breaks off looks like.</summary>
    public static bool IsBroken(Exception e) => e is HttpRequestException or IOException or SocketException;

    public EngineException Unreachable(Exception cause)
    {
        _prefix = null;
        return new EngineException(EngineError.Unreachable, EngineMessages.Unreachable(Socket, cause.GetBaseException().Message), cause);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> NegotiateAsync(CancellationToken ct) => _prefix = ApiVersion.Negotiate(await VersionAsync(ct));

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        // A stream is sent when the engine asks for it: what it refuses at once would else break the connection in the middle of
        // sending, and its reason would be lost.
        request.Headers.ExpectContinue = body is StreamContent;
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Unreachable(e);
        }
    }

    private async Task<DockerReply> ReadReplyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            var call = CallName(response.RequestMessage!.Method, response.RequestMessage.RequestUri!.AbsolutePath);
            return new DockerReply(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct), call);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Unreachable(e);
        }
    }

    private async Task<NetworkStream> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string CallName(HttpMethod method, string path) => $"{method} {path.Split('?')[0]}";
}
