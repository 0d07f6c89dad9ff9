using System.Text.Json.Serialization;

namespace Berth.Model;

/// <summary>The JSON form of what goes between control and router, and of the snapshot on disk. One context, so that both sides agree.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RouteTable))]
[JsonSerializable(typeof(RouteRules))]
[JsonSerializable(typeof(RouterReport))]
[JsonSerializable(typeof(IReadOnlyList<WakeTimes>))]
[JsonSerializable(typeof(RouterStatus))]
[JsonSerializable(typeof(IReadOnlyList<SandboxAnswers>))]
public sealed partial class RoutingJson : JsonSerializerContext;
