using System.Net;

namespace Berth.Contracts;

/// <summary>A whole answer, however it came.</summary>
/// <param name="MediaType">Without its parameters; null where there is none.</param>
/// <param name="Location">Where a redirect leads; null where it is none.</param>
internal sealed record Answer(HttpStatusCode Status, string? MediaType, string? Location, byte[] Body);
