using Berth.Model;
using Berth.Planning;

namespace Berth.Control.Trials;

/// <summary>From the router's counts of single sandboxes to that of their release. Pure.</summary>
internal static class Requests
{
    public static RequestCount Of(IEnumerable<SandboxAnswers> sandboxes) =>
        sandboxes.Aggregate(default(RequestCount), (sum, s) => new(sum.Requests + s.Answered + s.Failed, sum.Errors + s.ServerErrors + s.Failed));
}
