using Berth.Model;
using Berth.Router.Tests.Servers;

namespace Berth.Router.Tests;

/// <summary>What must hold whoever carries HTTP/1.1: each class of such tests runs once for each forwarder.</summary>
public abstract class RouterTests(Http1Forwarder http1)
{
    protected bool BySession => http1 == Http1Forwarder.Session;

    protected Task<TestRouter> StartRouterAsync(Func<RouterOptions, RouterOptions>? set = null, TimeProvider? time = null) =>
        TestRouter.StartAsync(options => (set?.Invoke(options) ?? options) with { Http1 = http1 }, time);

    protected async Task<TestRouter> LeadingToAsync(params RoutedSandbox[] sandboxes)
    {
        var router = await StartRouterAsync();
        await router.PushAsync(sandboxes);
        return router;
    }
}
