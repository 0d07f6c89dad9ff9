using System.Net.Sockets;
using Berth.Router.Sessions;
using Berth.Testing;

namespace Berth.Router.Tests;

/// <summary>The one timer of all connections.</summary>
public sealed class DeadlinesTests
{
    [Fact]
    public void The_timer_rests_while_there_is_no_connection_and_a_deadline_set_after_that_strikes()
    {
        var time = new ManualTimeProvider();
        using var deadlines = new Deadlines(time);
        Assert.Equal(0, time.PendingTimers);

        for (int round = 0; round < 2; round++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var connection = new SocketConnection(socket);
            deadlines.Watch(connection);
            connection.ReceiveUntil(deadlines.In(TimeSpan.FromSeconds(1)));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(connection.ReceiveIsOverdue);
            time.Advance(2 * Deadlines.Precision);
            Assert.True(connection.ReceiveIsOverdue);

            deadlines.Forget(connection);
            time.Advance(Deadlines.Precision);
            Assert.Equal(0, time.PendingTimers);
        }
    }
}
