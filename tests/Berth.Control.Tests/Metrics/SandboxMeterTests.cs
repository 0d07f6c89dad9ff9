using System.Globalization;
using Berth.Control.Metrics;
using Berth.Model;
using Berth.Testing;

namespace Berth.Control.Tests.Metrics;

/// <summary>What is kept of what sandboxes use, how often it is read, and what is made of it.</summary>
public sealed class SandboxMeterTests : IDisposable
{
    private readonly TemporaryFolder _groups = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _groups.Dispose();

    [Fact]
    public void A_young_sandbox_is_read_each_second_an_older_one_each_ten_and_a_frozen_one_each_minute()
    {
        var meter = Meter();
        Use("web-1", 1, TimeSpan.Zero);
        meter.Follow(Sandbox("web-1"));

        Assert.Equal(60, Readings(meter, seconds: 60));
        Assert.Equal(6, Readings(meter, seconds: 60));
        meter.Follow(Sandbox("web-1") with { State = SandboxState.Frozen });
        // One as it falls asleep, and then two.
        Assert.Equal(3, Readings(meter, seconds: 121));
        meter.Follow(Sandbox("web-1"));
        Assert.Equal(1, Readings(meter, seconds: 1));
    }

    [Fact]
    public void CPU_is_what_was_used_between_the_newest_two_readings()
    {
        var meter = Meter();
        Use("web-1", 1000, TimeSpan.FromSeconds(5));
        meter.Follow(Sandbox("web-1"));
        meter.Sample();
        Assert.Null(Assert.Single(meter.Latest("demo")).CpuPercent);

        _time.Advance(TimeSpan.FromSeconds(2));
        Use("web-1", 2000, TimeSpan.FromSeconds(6));
        meter.Sample();

        var used = Assert.Single(meter.Latest("demo"));
        Assert.Equal((2000, 50d, TimeSpan.FromSeconds(6)), (used.MemoryBytes, used.CpuPercent!.Value, used.Cpu));
        Assert.Empty(meter.Latest("other"));
    }

    [Fact]
    public void What_has_ended_is_not_listed_but_its_curve_is_kept_for_the_time_that_is_set()
    {
        var meter = Meter(new() { StateFolder = "", MetricsAge = TimeSpan.FromMinutes(5) });
        Use("web-1", 1000, TimeSpan.Zero);
        meter.Follow(Sandbox("web-1"));
        for (int i = 1; i <= 100; i++)
        {
            Use("web-1", i, TimeSpan.FromSeconds(i));
            meter.Sample();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Directory.Delete(_groups.File("web-1"), recursive: true);
        _time.Advance(TimeSpan.FromSeconds(10));
        meter.Sample();

        Assert.Empty(meter.Latest(null));
        var curve = meter.CurveOf("web-1")!;
        Assert.True(curve.Points.Count <= 60);
        Assert.True(curve.Points[^1].Bytes > curve.Points[0].Bytes);
        Assert.Equal((5000, 9000), (curve.LimitBytes!.Value, curve.PeakBytes));

        _time.Advance(TimeSpan.FromMinutes(6));
        meter.Sample();
        Assert.Null(meter.CurveOf("web-1"));
    }

    [Fact]
    public void Of_ended_sandboxes_only_the_newest_are_kept()
    {
        var meter = Meter(new() { StateFolder = "", MetricsEnded = 3 });
        for (int i = 0; i < 10; i++)
        {
            Use($"web-{i}", 1, TimeSpan.Zero);
            meter.Follow(Sandbox($"web-{i}"));
            meter.Sample();
            Directory.Delete(_groups.File($"web-{i}"), recursive: true);
            _time.Advance(TimeSpan.FromSeconds(1));
            meter.Sample();
        }
        meter.Sample();

        Assert.Equal([7, 8, 9], Enumerable.Range(0, 10).Where(i => meter.CurveOf($"web-{i}") is not null));
    }

    [Fact]
    public void A_services_sandboxes_are_added_up_over_time_also_across_a_replacement()
    {
        var meter = Meter();
        Use("web-1", 100, TimeSpan.Zero);
        meter.Follow(Sandbox("web-1"));
        Run(meter, "web-1", seconds: 120, cores: 0.5);
        Use("web-2", 300, TimeSpan.Zero);
        meter.Follow(Sandbox("web-2"));
        Directory.Delete(_groups.File("web-1"), recursive: true);
        Run(meter, "web-2", seconds: 120, cores: 2);

        var (step, services) = meter.OverTime("demo", points: 4);

        Assert.Equal(TimeSpan.FromMinutes(1), step);
        var web = Assert.Single(services);
        Assert.Equal(("web", 5000), (web.Service, web.MemoryLimitBytes!.Value));
        Assert.Equal([100, 300, 300, 300], web.Points.Select(p => p.MemoryBytes));
        Assert.All(web.Points, p => Assert.Equal(1, p.Sandboxes));
        Assert.Equal(50, web.Points[0].CpuPercent, 1d);
        Assert.Equal(200, web.Points[3].CpuPercent, 1d);
    }

    [Fact]
    public void One_that_cannot_be_found_on_this_machine_is_left_out()
    {
        var meter = new SandboxMeter(new() { StateFolder = "" }, _time, _ => null);
        meter.Follow(Sandbox("web-1"));
        meter.Sample();

        Assert.Empty(meter.Latest(null));
        Assert.Empty(meter.OverTime("demo", 10).Services);
    }

    private void Run(SandboxMeter meter, string id, int seconds, double cores)
    {
        var began = _time.GetUtcNow();
        for (int i = 0; i <= seconds; i++)
        {
            if (i > 0)
                _time.Advance(TimeSpan.FromSeconds(1));
            Write(id, "cpu.stat", string.Create(CultureInfo.InvariantCulture, $"usage_usec {(long)((_time.GetUtcNow() - began).TotalMicroseconds * cores)}\n"));
            meter.Sample();
        }
    }

    /// <summary>How often the sandbox was read in so many seconds, seen by the times of its samples.</summary>
    private int Readings(SandboxMeter meter, int seconds)
    {
        var seen = new HashSet<DateTimeOffset>();
        for (int i = 0; i < seconds; i++)
        {
            var now = _time.GetUtcNow();
            meter.Sample();
            if (meter.Latest(null) is [var used] && used.At == now)
                seen.Add(now);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        return seen.Count;
    }

    private SandboxMeter Meter(ControlOptions? options = null) =>
        new(options ?? new() { StateFolder = "" }, _time, sandbox => new Cgroup(new(new Dictionary<string, string>(), _groups.File(sandbox.Id))));

    private void Use(string id, long memory, TimeSpan cpu)
    {
        Directory.CreateDirectory(_groups.File(id));
        Write(id, "memory.current", $"{memory}\n");
        Write(id, "memory.peak", "9000\n");
        Write(id, "memory.max", "5000\n");
        Write(id, "cpu.stat", $"usage_usec {(long)cpu.TotalMicroseconds}\n");
    }

    private void Write(string id, string name, string text) => File.WriteAllText(Path.Combine(_groups.File(id), name), text);

    private SandboxStatus Sandbox(string id) => new()
    {
        Id = id,
        App = "demo",
        ReleaseId = "demo-v1",
        Service = id.Split('-')[0],
        PoolId = "pool-1",
        Role = SandboxRole.Service,
        State = SandboxState.Running,
        CreatedAt = _time.GetUtcNow(),
    };
}
