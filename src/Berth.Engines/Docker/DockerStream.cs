using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>An answer that goes on for as long as the engine has something to say; or the refusal that came in its place.</summary>
internal sealed class DockerStream : IDisposable
{
    private readonly DockerClient? _client;
    private readonly HttpResponseMessage? _response;
    private readonly Stream _body = Stream.Null;

    public DockerStream(DockerClient client, HttpResponseMessage response, Stream body)
    {
        _client = client;
        _response = response;
        _body = body;
    }

    public DockerStream(DockerReply refusal) => Refusal = refusal;

    /// <summary>Null where the engine agreed.</summary>
    public DockerReply? Refusal { get; }

    /// <summary>The body; a broken connection shows as <see cref="EngineError.Unreachable"/>, a finished answer as its end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            return await _body.ReadAsync(buffer, ct);
        }
        catch (Exception e) when (DockerClient.IsBroken(e))
        {
            throw _client!.Unreachable(e);
        }
    }

    /// <summary>The body as a stream, for readers that want one.</summary>
    public Stream Body => _body;

    /// <summary>The body as JSON objects, one a line, each when it comes.</summary>
    public async IAsyncEnumerable<T> ReadJsonAsync<T>(JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(_body, Encoding.UTF8);
        while (await ReadLineAsync(reader, ct) is { } line)
        {
            if (line.Length == 0)
                continue;
            T? value;
            try
            {
                value = JsonSerializer.Deserialize(line, type);
            }
            catch (JsonException e)
            {
                throw new EngineException(EngineError.Refused, EngineMessages.StrangeAnswer(_response!.RequestMessage!.RequestUri!.AbsolutePath), e);
            }
            if (value is not null)
                yield return value;
        }
    }

    public void Dispose() => _response?.Dispose();

    private async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadLineAsync(ct);
        }
        catch (Exception e) when (DockerClient.IsBroken(e))
        {
            throw _client!.Unreachable(e);
        }
    }
}
