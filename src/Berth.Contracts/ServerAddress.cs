using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Contracts;

/// <summary>
/// Where a server is: <c>https://berth.example.com</c>, <c>http://127.0.0.1:7070</c>; a path in it is kept as a prefix. The second form, which most commands use, is read without
/// <see cref="Uri"/>: its first use in a process takes a tenth of what a command may take (docs/adr/0061).
/// </summary>
public sealed class ServerAddress
{
    private const string PlainStart = "http://127.0.0.1:";
    private const int DefaultPort = 80;

    private readonly int? _plainPort;

    public ServerAddress(Uri url)
    {
        Url = url;
        Text = url.AbsoluteUri.TrimEnd('/');
        Authority = url.Authority;
        Prefix = url.AbsolutePath.TrimEnd('/') + "/";
        IsLoopback = url.IsLoopback;
        IsPlainLoopback = url.IsLoopback && url.Scheme == Uri.UriSchemeHttp;
        HasMore = url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0;
    }

    private ServerAddress(int plainPort)
    {
        _plainPort = plainPort;
        Text = string.Create(CultureInfo.InvariantCulture, $"{PlainStart}{plainPort}");
        Authority = Text["http://".Length..];
        Prefix = "/";
        IsLoopback = IsPlainLoopback = true;
    }

    public Uri Url => field ??= new Uri(Text);

    /// <summary>As it is kept and shown: without a slash at its end.</summary>
    public string Text { get; }

    public bool IsLoopback { get; }

    /// <summary>Whether it holds what no address of a server has: a user, a query or a fragment.</summary>
    public bool HasMore { get; }

    /// <summary>Whether nobody between could read or change what is said: only then is TLS not needed.</summary>
    internal bool IsPlainLoopback { get; }

    /// <summary>For the header <c>Host</c>.</summary>
    internal string Authority { get; }

    /// <summary>What paths are appended to: it ends with a slash.</summary>
    internal string Prefix { get; }

    /// <summary>Null for what is no absolute URL with http or https.</summary>
    public static ServerAddress? Parse(string text)
    {
        if (PlainPort(text) is { } port)
            return new ServerAddress(port);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? new ServerAddress(url) : null;
    }

    /// <summary>Where to connect, in the order to try.</summary>
    /// <exception cref="SocketException">The name has no address.</exception>
    internal IEnumerable<SocketAddress> SocketAddresses() => _plainPort is { } port
        ? [PlainSocketAddress(port)]
        : Dns.GetHostAddresses(Url.DnsSafeHost).Select(address => new IPEndPoint(address, Url.Port).Serialize());

    /// <summary>What <see cref="IPEndPoint.Serialize"/> makes: a struct sockaddr_in.</summary>
    private static SocketAddress PlainSocketAddress(int port)
    {
        var address = new SocketAddress(AddressFamily.InterNetwork, 16);
        BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], (ushort)port);
        address[4] = 127;
        address[7] = 1;
        return address;
    }

    private static int? PlainPort(string text)
    {
        if (!text.StartsWith(PlainStart, StringComparison.Ordinal))
            return null;
        var rest = text.AsSpan(PlainStart.Length);
        if (rest.EndsWith("/"))
            rest = rest[..^1];
        return int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort and not DefaultPort ? port : null;
    }
}
