using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Control.Autoscaling;

namespace Berth.Control.Tests.Autoscaling;

public sealed class QueueSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("17", 17)]
    [InlineData("WARNING: no password\n 17 \n\n", 17)]
    public void The_last_line_is_the_number(string text, long jobs) => Assert.Equal(jobs, JobCount.OfText(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("none")]
    public void Anything_else_is_no_number_and_never_zero(string text) => Assert.Throws<QueueException>(() => JobCount.OfText(text));

    [Theory]
    [InlineData("depth", 3)]
    [InlineData("queues.1.depth", 7)]
    [InlineData("text", 9)]
    public void A_path_leads_to_the_number_in_json(string path, long jobs) =>
        Assert.Equal(jobs, JobCount.OfJson("""{"depth":3,"queues":[{"depth":5},{"depth":7}],"text":"9"}""", path));

    [Theory]
    [InlineData("other")]
    [InlineData("depth.more")]
    [InlineData("queues.9")]
    public void A_path_that_leads_nowhere_says_so(string path) =>
        Assert.Contains($"no \"{path}\"", Assert.Throws<QueueException>(() => JobCount.OfJson("""{"depth":3,"queues":[1]}""", path)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Redis_is_asked_with_password_database_and_list()
    {
        var (said, length) = await AskRedisAsync("redis://user:p%40ss@redis/2#my%20jobs", "+OK\r\n+OK\r\n:42\r\n");

        Assert.Equal(42, length);
        Assert.Equal("*3\r\n$4\r\nAUTH\r\n$4\r\nuser\r\n$4\r\np@ss\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n*2\r\n$4\r\nLLEN\r\n$7\r\nmy jobs\r\n", said);
    }

    [Theory]
    [InlineData("-WRONGTYPE Operation against a key\r\n", "WRONGTYPE")]
    [InlineData("$3\r\nabc\r\n", "no whole number")]
    public async Task A_redis_that_says_something_else_is_no_empty_list(string answer, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<QueueException>(() => AskRedisAsync("redis://redis#jobs", answer))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_redis_that_hangs_up_or_never_ends_its_line_is_no_empty_list()
    {
        await Assert.ThrowsAsync<IOException>(() => AskRedisAsync("redis://redis#jobs", ":4"));
        await Assert.ThrowsAsync<QueueException>(() => AskRedisAsync("redis://redis#jobs", new string('x', 5000)));
    }

    [Theory]
    [InlineData("http://web/depth", null)]
    [InlineData("http://web:80/depth", 80)]
    [InlineData("http://web:8080?queue=:80", 8080)]
    [InlineData("redis://:password@redis#jobs", null)]
    [InlineData("redis://:password@redis:6380/0#jobs", 6380)]
    [InlineData("redis://redis:06380\n", 6380)]
    [InlineData(" http://web:80\n", 80)]
    public void Only_a_port_that_is_written_is_taken_before_that_of_the_service(string url, int? port) => Assert.Equal(port, QueueProbe.WrittenPort(new Uri(url)));

    /// <summary>Answers all at once and closes; returns what it was told.</summary>
    private static async Task<(string Said, long Length)> AskRedisAsync(string url, string answers)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Ct);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answers), Ct);
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(Ct);
        }, Ct);
        var length = await RedisList.LengthAsync(new Uri(url), (IPEndPoint)listener.LocalEndpoint, Ct);
        return (await serving, length);
    }
}
