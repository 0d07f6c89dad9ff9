using System.Text.Json.Serialization;

namespace Berth.Contracts;

/// <summary>The JSON form of every type that goes over the wire: snake_case, nulls left out, source-generated so that nothing is found out at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(CreateAppRequest))]
[JsonSerializable(typeof(AppInfo))]
[JsonSerializable(typeof(IReadOnlyList<AppInfo>))]
[JsonSerializable(typeof(IReadOnlyList<ServiceInfo>))]
[JsonSerializable(typeof(IReadOnlyList<PoolInfo>))]
[JsonSerializable(typeof(IReadOnlyList<SandboxInfo>))]
[JsonSerializable(typeof(ScaleRequest))]
[JsonSerializable(typeof(RestartRequest))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(IReadOnlyList<ReleaseInfo>))]
[JsonSerializable(typeof(IReadOnlyList<EnvInfo>))]
[JsonSerializable(typeof(EnvChangeRequest))]
[JsonSerializable(typeof(IReadOnlyList<RouteInfo>))]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(RouteInfo))]
[JsonSerializable(typeof(RouteChangeRequest))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(DefaultRouteRequest))]
[JsonSerializable(typeof(DiskInfo))]
[JsonSerializable(typeof(IReadOnlyList<DiskInfo>))]
[JsonSerializable(typeof(DiskRequest))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenCreated))]
[JsonSerializable(typeof(IReadOnlyList<TokenInfo>))]
[JsonSerializable(typeof(DeploymentEvent))]
[JsonSerializable(typeof(DeploymentInfo))]
[JsonSerializable(typeof(IReadOnlyList<DeploymentInfo>))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ScalingInfo))]
[JsonSerializable(typeof(ReleaseDetails))]
[JsonSerializable(typeof(IReadOnlyList<CrashSummary>))]
[JsonSerializable(typeof(CrashDetails))]
[JsonSerializable(typeof(SpaceInfo))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(AnalysisReport))]
[JsonSerializable(typeof(IReadOnlyList<AnalysisReport>))]
[JsonSerializable(typeof(IReadOnlyList<ChangeInfo>))]
public sealed partial class ContractsJson : JsonSerializerContext;
