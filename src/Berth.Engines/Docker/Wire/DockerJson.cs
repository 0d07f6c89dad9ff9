using System.Text.Json.Serialization;

namespace Berth.Engines.Docker.Wire;

/// <summary>The JSON form of all that is said to the engine: its own names, nulls left out, source-generated.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerCreate))]
[JsonSerializable(typeof(EmptyObject))]
[JsonSerializable(typeof(Created))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummary>))]
[JsonSerializable(typeof(ContainerDetails))]
[JsonSerializable(typeof(WaitResult))]
[JsonSerializable(typeof(ExecCreate))]
[JsonSerializable(typeof(ExecStart))]
[JsonSerializable(typeof(ExecDetails))]
[JsonSerializable(typeof(NetworkCreate))]
[JsonSerializable(typeof(NetworkDetails))]
[JsonSerializable(typeof(IReadOnlyList<NetworkDetails>))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(IReadOnlyList<ImageSummary>))]
[JsonSerializable(typeof(DiskUsage))]
[JsonSerializable(typeof(EngineDetails))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(VersionDetails))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(ProgressMessage))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string[]>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class DockerJson : JsonSerializerContext;
