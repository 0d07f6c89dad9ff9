using Berth.Model;
using static Berth.Planning.Tests.World;

namespace Berth.Planning.Tests;

/// <summary>From any state at all a plan leads to the wanted one, and on the way nothing that must not happen does. Seeds are fixed, so a failure can be repeated.</summary>
public sealed class AppPlannerProperties
{
    [Fact]
    public void Every_state_settles_with_exactly_what_is_wanted()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var world = new World();
            IReadOnlyList<PoolSpec> active = [Web("web1", random.Next(4)), Worker("worker1", random.Next(3)), Worker("clock1") with { Service = "clock" }];
            PoolSpec[] others = [.. active, Web("web0"), Worker("worker0"), Worker("gone0") with { Service = "gone" }];
            for (int i = random.Next(12); i > 0; i--)
                world.Add(others[random.Next(others.Length)], random.Next(2) == 0, (SandboxState)random.Next(4), random.Next(2) == 0, random.Next(3));

            world.Settle(App(active));

            foreach (var pool in active)
                Assert.Equal((seed, pool.Desired), (seed, world.Sandboxes.Count(s => s.PoolId == pool.Id && s.State is SandboxState.Running or SandboxState.Frozen)));
            Assert.DoesNotContain(world.Sandboxes, s => active.All(p => p.Id != s.PoolId));
        }
    }

    [Fact]
    public void While_a_deployment_goes_on_a_ready_web_sandbox_is_always_routed()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var world = new World();
            IReadOnlyList<PoolSpec> first = [Web("web1", 1 + random.Next(3)), Worker("worker1", random.Next(3))];
            IReadOnlyList<PoolSpec> second = [Web("web2", 1 + random.Next(3)), Worker("worker2", random.Next(3))];
            world.Settle(App(first));
            var app = App(first, second);
            for (int round = 0; round < 40; round++)
            {
                var plan = world.Plan(app);
                Assert.NotEmpty(plan.Routed);
                Assert.DoesNotContain(plan.Steps.OfType<StopStep>(), s => world.Sandboxes.Any(x => x.Id == s.SandboxId && x.Routed));
                world.CarryOut(app, plan);
                if (plan.Verdict is DeploymentVerdict.Switch)
                    app = App(second);
                world.Now = world.Now.AddSeconds(random.Next(3));
            }
            Assert.Equal(second.Sum(p => p.Desired), world.Sandboxes.Count);
        }
    }
}
