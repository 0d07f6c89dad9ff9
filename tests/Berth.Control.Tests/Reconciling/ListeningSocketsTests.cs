using System.Net;
using System.Net.Sockets;
using Berth.Control.Reconciling;
using Berth.Model;

namespace Berth.Control.Tests.Reconciling;

public sealed class ListeningSocketsTests
{
    private const string Tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
           1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
           2: 0B00007F:A2C3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
           3: 0200400A:1388 0100400A:C350 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0 100 0 0 10 0

        """;

    private const string Tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 1 0 100 0 0 10 0
           1: 00000000000000000000000001000000:0FA0 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 6 1 0 100 0 0 10 0
           2: 0000000000000000FFFF00000100007F:0FA1 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0

        """;

    [Fact]
    public void What_listens_is_read_from_the_kernels_tables_without_connections_and_Dockers_DNS()
    {
        Assert.Equal(["0.0.0.0:5000", "127.0.0.1:8080"], ListeningSockets.Parse(Tcp).Select(l => l.ToString()));
        Assert.Equal(["[::]:3000", "[::1]:4000", "127.0.0.1:4001"], ListeningSockets.Parse(Tcp6).Select(l => l.ToString()));
    }

    [Fact]
    public void This_process_is_seen_to_listen_and_a_process_without_the_sandboxs_address_is_not_looked_into()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sandbox = new SandboxStatus
        {
            Id = "demo-web-1", App = "demo", ReleaseId = "demo-v1", Service = "web", PoolId = "pool-1", Role = SandboxRole.Service, State = SandboxState.Running,
            CreatedAt = DateTimeOffset.UnixEpoch, Pid = Environment.ProcessId, Address = "127.0.0.1",
        };

        Assert.Contains((IPEndPoint)listener.LocalEndpoint, ListeningSockets.Of(sandbox)!);
        Assert.Null(ListeningSockets.Of(sandbox with { Address = "10.99.98.97" }));
        Assert.Null(ListeningSockets.Of(sandbox with { Pid = int.MaxValue }));
        Assert.Null(ListeningSockets.Of(sandbox with { Pid = null }));
    }

    [Theory]
    [InlineData("0.0.0.0:5000", "it listens on 5000, not on the 8080 of $PORT; listen on $PORT, or write port = 5000")]
    [InlineData("[::]:5000 127.0.0.1:9000", "it listens on 127.0.0.1:9000, 5000, not on the 8080 of $PORT; listen on $PORT, or write port = 5000")]
    [InlineData("127.0.0.1:8080 0.0.0.0:5000", "it listens only on 127.0.0.1:8080, where nothing outside of its sandbox reaches it; bind to 0.0.0.0")]
    [InlineData("[::1]:8080", "it listens only on [::1]:8080")]
    [InlineData("127.0.0.1:5000", "it listens on 127.0.0.1:5000, not on the 8080 of $PORT; listen on 0.0.0.0 and $PORT")]
    [InlineData("", "it listens on no port at all; listen on 0.0.0.0 and the port in $PORT")]
    [InlineData("0.0.0.0:8080", "listen on 0.0.0.0 and the port in $PORT")]
    [InlineData(null, "listen on 0.0.0.0 and the port in $PORT")]
    public void The_message_says_what_it_does_listen_on(string? listening, string advice)
    {
        var said = ReadinessMessages.Unreachable(8080, listening?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPEndPoint.Parse).ToList());

        Assert.StartsWith("nothing can be reached on port 8080: " + advice, said, StringComparison.Ordinal);
    }
}
