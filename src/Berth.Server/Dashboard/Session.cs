using Berth.Control.Access;
using Berth.Control.Store;

namespace Berth.Server.Dashboard;

/// <summary>Somebody who is signed in to the dashboard.</summary>
/// <param name="FormToken">Goes with every form, so that no other site can post one.</param>
public sealed record Session(Token Token, string FormToken);

/// <summary>What every page is told of the request that it answers.</summary>
/// <param name="Session">Null on pages that need none.</param>
public sealed record Visit(Session? Session, DateTimeOffset Now, DashboardOptions Options)
{
    /// <summary>Whether buttons are of use to whoever looks.</summary>
    public bool MayChange => Session?.Token.Grant.Highest >= Permission.Deploy;
}
