namespace Berth.Server.Dashboard;

/// <summary>Marks an endpoint as a part of the dashboard. Only these does a session cookie open: the API's stay closed to it.</summary>
/// <param name="NeedsSession">False for the sign-in page and what it loads.</param>
internal sealed record DashboardAccess(bool NeedsSession);

/// <summary>Set on a request that <see cref="SessionAuthentication"/> has let in.</summary>
internal sealed record Admission(Session? Session);
