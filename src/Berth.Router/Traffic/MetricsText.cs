using System.Globalization;
using System.Text;
using Berth.Model;
using Berth.Router.Routing;

namespace Berth.Router.Traffic;

/// <summary>The router's counters in Prometheus' text form. Labels are apps and classes of status: as many as the route table has, whatever clients send.</summary>
public static class MetricsText
{
    /// <summary>The label of requests that lead to no app.</summary>
    private const string NoApp = "";

    private static readonly string[] Classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    public static string Of(IReadOnlyList<AppLoad> apps, AppTraffic unrouted, long droppedLines)
    {
        var text = new StringBuilder();
        var traffic = apps.Select(app => (app.Name, app.Traffic)).Append((NoApp, unrouted)).ToList();
        var demand = apps.Select(app => app.Demand()).ToList();
        Family(text, "requests_total", "counter", "Requests that have ended, by class of status; none: the client left before there was one.");
        foreach (var (app, one) in traffic)
        {
            var byClass = one.ByClass;
            for (int i = 0; i < Classes.Length; i++)
                Sample(text, "requests_total", app, $",code=\"{Classes[i]}\"", byClass[i]);
        }
        Family(text, "request_duration_seconds", "histogram", "From a request's head to the last byte of its response, waiting included; without upgraded connections.");
        foreach (var (app, one) in traffic)
            Buckets(text, "request_duration_seconds", app, "", one.Durations.Bounds, one.Durations.Counts, one.Durations.Sum);
        Family(text, "wake_seconds", "histogram", "How long requests waited that found their app asleep: frozen or stopped.");
        foreach (var app in apps)
        {
            foreach (var wakes in app.Wakes())
                Buckets(text, "wake_seconds", app.Name, $",from=\"{wakes.From.ToString().ToLowerInvariant()}\"", WakeTimes.Bounds, wakes.Counts, wakes.Sum);
        }
        PerApp(text, "request_bytes_total", "counter", "Bytes of request bodies.", traffic.Select(one => (one.Item1, one.Item2.BytesIn)));
        PerApp(text, "response_bytes_total", "counter", "Bytes sent to clients.", traffic.Select(one => (one.Item1, one.Item2.BytesOut)));
        PerApp(text, "in_flight", "gauge", "Requests at sandboxes now, upgraded connections included.", demand.Select(one => (one.App, (long)one.InFlight)));
        PerApp(text, "waiting", "gauge", "Requests that wait for a sandbox now.", demand.Select(one => (one.App, (long)one.Waiting)));
        PerApp(text, "upgraded", "gauge", "Upgraded connections open now.", demand.Select(one => (one.App, (long)one.Connections)));
        Family(text, "access_log_dropped_total", "counter", "Lines of the access log lost because the disk was too slow.");
        text.Append(CultureInfo.InvariantCulture, $"berth_router_access_log_dropped_total {droppedLines}\n");
        return text.ToString();
    }

    private static void Buckets(StringBuilder text, string name, string app, string labels, IReadOnlyList<double> bounds, IReadOnlyList<long> counts, TimeSpan sum)
    {
        long below = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            below += counts[i];
            var bound = i < bounds.Count ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            Sample(text, name + "_bucket", app, $"{labels},le=\"{bound}\"", below);
        }
        text.Append(CultureInfo.InvariantCulture, $"berth_router_{name}_sum{{app=\"{app}\"{labels}}} {sum.TotalSeconds}\n");
        Sample(text, name + "_count", app, labels, below);
    }

    private static void PerApp(StringBuilder text, string name, string type, string help, IEnumerable<(string App, long Value)> values)
    {
        Family(text, name, type, help);
        foreach (var (app, value) in values)
            Sample(text, name, app, "", value);
    }

    private static void Family(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP berth_router_{name} {help}\n# TYPE berth_router_{name} {type}\n");

    // Names of apps are letters, digits and dashes: nothing to escape.
    private static void Sample(StringBuilder text, string name, string app, string labels, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"berth_router_{name}{{app=\"{app}\"{labels}}} {value}\n");
}
