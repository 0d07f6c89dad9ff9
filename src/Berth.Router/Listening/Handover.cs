using System.Net.Sockets;
using System.Text;

namespace Berth.Router.Listening;

/// <summary>
/// How one router takes the ports over from another without a client noticing. The running one offers them on a unix socket beside the control socket; the new one takes
/// the listening sockets themselves, begins to accept, says so, and is told when the other has stopped accepting. Until it says so nothing has changed: it may
/// fail at any moment before.
/// </summary>
public sealed class Handover : IAsyncDisposable
{
    private const string Suffix = ".take";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly byte[] Mark = [1];

    private readonly string _path;
    private readonly Ports _ports;
    private readonly byte[] _addresses;
    private readonly Socket _listening = NewSocket();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private Socket? _successor;
    private Task _offering = Task.CompletedTask;

    public Handover(RouterOptions options, Ports ports, TimeProvider time)
    {
        _path = options.ControlSocket + Suffix;
        _ports = ports;
        _addresses = Addresses(options);
        _time = time;
    }

    /// <summary>Completes when another router accepts clients on these ports.</summary>
    public Task Taken => _taken.Task;

    /// <summary>The ports of the router that runs now, and the connection over which to tell it. Null: it offers none, or other ones.</summary>
    public static (Ports Ports, Socket Predecessor)? Take(RouterOptions options)
    {
        var predecessor = NewSocket();
        try
        {
            predecessor.Connect(new UnixDomainSocketEndPoint(options.ControlSocket + Suffix));
            var (addresses, sockets) = SocketPassing.Receive(predecessor, AnswerTimeout);
            var ports = Ports.Of(sockets, options.Http.Count);
            if (addresses.AsSpan().SequenceEqual(Addresses(options)) && sockets.Count == options.Http.Count + options.Https.Count)
                return (ports, predecessor);
            ports.Dispose();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Nobody there who would hand over.
        }
        predecessor.Dispose();
        return null;
    }

    /// <summary>Tells the router before this one that its ports are served; returns when it has stopped accepting, or is gone.</summary>
    public static async Task ConfirmAsync(Socket predecessor, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(AnswerTimeout, time);
        try
        {
            await predecessor.SendAsync(Mark, limit.Token);
            await predecessor.ReceiveAsync(new byte[1], limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Gone: then it accepts nothing either.
        }
        predecessor.Dispose();
    }

    /// <summary>Begins to offer the ports.</summary>
    public void Start()
    {
        var temporary = $"{_path}.{Environment.ProcessId}";
        File.Delete(temporary);
        _listening.Bind(new UnixDomainSocketEndPoint(temporary));
        File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listening.Listen();
        File.Move(temporary, _path, overwrite: true);
        _offering = OfferAsync();
    }

    /// <summary>Tells the successor, if there is one, that nothing is accepted here any more.</summary>
    public async Task ReleaseAsync()
    {
        if (_successor is null)
            return;
        try
        {
            await _successor.SendAsync(Mark);
        }
        catch (SocketException)
        {
            // It does not wait for it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _offering;
        _listening.Dispose();
        _successor?.Dispose();
        _stopping.Dispose();
        // A successor has put its own there by now.
        if (!Taken.IsCompleted)
            File.Delete(_path);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static byte[] Addresses(RouterOptions options) => Encoding.ASCII.GetBytes($"{string.Join(',', options.Http)} {string.Join(',', options.Https)}".TrimEnd());

    private async Task OfferAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var successor = await _listening.AcceptAsync(_stopping.Token);
                SocketPassing.Send(successor, _addresses, _ports.Sockets);
                using var limit = new CancellationTokenSource(AnswerTimeout, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
                if (await successor.ReceiveAsync(new byte[1], either.Token) == 1)
                {
                    _successor = successor;
                    _taken.TrySetResult();
                    return;
                }
                successor.Dispose();
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // It did not come to serve; the next may.
            }
        }
    }
}
