using System.Diagnostics;

namespace Berth.EndToEnd.Tests;

/// <summary>Sidecars as Cloud Foundry has them.</summary>
public sealed class SidecarTests(SharedServer shared)
{
    [Fact]
    public async Task A_manifests_web_process_answers_by_its_sidecar_and_is_replaced_with_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var berth = await shared.StartedAsync();
        await using var image = await TinyImage.MakeAsync(ct);
        using var source = SourceFolder.With(("manifest.yml", $"""
            applications:
            - name: sc-shop
              docker: {"{"} image: "{image.Reference}" {"}"}
              memory: 64M
              command: |
                mkdir -p /www/cgi-bin
                printf '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n"\nwget -qO- http://127.0.0.1:8099/\n' >/www/cgi-bin/side
                chmod +x /www/cgi-bin/side
                exec httpd -f -p $PORT -h /www
              sidecars:
              - name: the guide
                process_types: [ web ]
                memory: 32M
                command: |
                  mkdir /side
                  echo "said beside $BERTH_SANDBOX" >/side/index.html
                  echo "the guide listens"
                  exec httpd -f -p 127.0.0.1:8099 -h /side
            """));
        (await berth.CliAsync("push", source.Path)).Succeeded();
        var first = (string)Assert.Single(await berth.RunningAsync("sc-shop", "web"))["id"]!;
        await Eventually.TrueAsync("the page is the sidecar's", async () => await berth.GetAsync("sc-shop", "/cgi-bin/side") == (200, $"said beside {first}\n"), ct);

        // Its first process, which no command in the sandbox can see.
        using (var sidecar = Process.GetProcessById((int)(await berth.Engine.InspectSidecarAsync("the guide", ct))["State"]!["Pid"]!))
            sidecar.Kill();

        var second = await Eventually.BecomesAsync("another sandbox runs", async () =>
            await berth.RunningAsync("sc-shop", "web") is [var other] && (string)other["id"]! != first ? (string)other["id"]! : null, id => id is not null, ct);
        await Eventually.TrueAsync("the page is the new sidecar's", async () => await berth.GetAsync("sc-shop", "/cgi-bin/side") == (200, $"said beside {second}\n"), ct);
        Assert.Contains("[web/the-guide] the guide listens", (await berth.CliAsync("logs", "-a", "sc-shop", "--service", "web")).Succeeded().Stdout, StringComparison.Ordinal);
        var ps = (await berth.CliAsync("ps", "sc-shop")).Succeeded().Stdout;
        Assert.Contains("web runs with sidecar the guide", ps, StringComparison.Ordinal);
        Assert.Contains("sidecar the guide ended with code 137", ps, StringComparison.Ordinal);
        Assert.Contains("sidecar the guide: killed by SIGKILL", (await berth.CliAsync("crashes", "sc-shop")).Succeeded().Stdout, StringComparison.Ordinal);
        await Eventually.TrueAsync("nothing is left of the first", async () => (await berth.Engine.ContainersAsync($"berth.sandbox={first}", ct)).Count == 0, ct);
    }
}
