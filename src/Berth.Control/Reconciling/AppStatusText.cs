namespace Berth.Control.Reconciling;

/// <summary>What is going on with an app, in words.</summary>
internal static class AppStatusText
{
    /// <summary>For the page that a visitor gets when nothing can answer.</summary>
    public static string ForVisitors(AppState state)
    {
        if (state.Active is null)
            return state.Target is null ? "nothing has been deployed to it yet" : "its first release is starting";
        var routable = state.Wanted.Active.Where(p => p.Routable).ToList();
        if (routable.Count == 0)
            return "it has no service that answers HTTP (web or cmd)";
        if (routable.Any(p => p is { Auto: true, Desired: 0 }))
            return "it sleeps and is being woken";
        if (routable.All(p => p.Desired == 0))
            return $"its {routable[0].Service} service is scaled to zero";
        return routable.Any(p => state.Crashes.ContainsKey(p.Id)) ? "it crashed and is being started again" : "it is starting";
    }
}
