using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Engines.Docker.Wire;
using Berth.Model;

namespace Berth.Engines.Docker;

/// <summary>
/// The engine's answer to a call, read to its end. A refusal is a value here: which of them matter differs from call to
/// call, so the caller looks at <see cref="Status"/> and turns the rest into an exception with <see cref="Failure"/>.
/// </summary>
internal sealed record DockerReply(HttpStatusCode Status, byte[] Body, string Call)
{
    public bool Ok => (int)Status is >= 200 and < 300;

    /// <summary>The engine's own words for a refusal.</summary>
    public string Reason
    {
        get
        {
            try
            {
                if (JsonSerializer.Deserialize(Body, DockerJson.Default.Refusal)?.Message is { Length: > 0 } message)
                    return message;
            }
            catch (JsonException)
            {
                // Not every refusal is JSON: a proxy in front of the socket may answer too.
            }
            return Body.Length is > 0 and < 1000 ? Encoding.UTF8.GetString(Body).Trim() : $"status {(int)Status}";
        }
    }

    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new EngineException(EngineError.Refused, EngineMessages.StrangeAnswer(Call), e);
        }
    }

    /// <param name="what">What was to be done, after "cannot": <c>stop sandbox "x"</c>.</param>
    public EngineException Failure(string what) => new(Kind, EngineMessages.Failed(what, Reason));

    private EngineError Kind => Status switch
    {
        _ when DockerTexts.IsDiskFull(Reason) => EngineError.DiskFull,
        HttpStatusCode.NotFound => EngineError.NotFound,
        HttpStatusCode.Conflict => EngineError.Conflict,
        _ => EngineError.Refused,
    };
}
