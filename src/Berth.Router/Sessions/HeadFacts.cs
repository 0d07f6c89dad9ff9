using System.Net;
using System.Text;
using Berth.Router.Http1;
using Berth.Router.Rules;

namespace Berth.Router.Sessions;

/// <summary>A request's head → what a route's rules, or its split, ask of it.</summary>
public static class HeadFacts
{
    /// <param name="takesLogin">The Authorization field is the router's: it is marked as dropped, so that it does not go on.</param>
    public static RequestFacts Take(ReadOnlySpan<byte> bytes, RequestHead head, ByteConnection client, IReadOnlyList<IPNetwork> trusted, bool takesLogin)
    {
        string? authorization = null;
        string forwardedFor = "", proto = "";
        foreach (ref var line in head.Lines.All)
        {
            switch (line.Field)
            {
                case Field.Authorization:
                    authorization = Encoding.Latin1.GetString(line.Value(bytes));
                    line.Dropped |= takesLogin;
                    break;
                case Field.ForwardedFor:
                    forwardedFor += "," + Encoding.Latin1.GetString(line.Value(bytes));
                    break;
                case Field.ForwardedProto:
                    proto = Encoding.Latin1.GetString(line.Value(bytes));
                    break;
            }
        }
        var peer = client.Peer;
        return new RequestFacts
        {
            Client = RequestFacts.FindClient(peer, forwardedFor, trusted),
            IsSecure = client.Scheme == "https" || (trusted.Any(network => network.Contains(peer)) && RequestFacts.SaysHttps(proto)),
            Target = Encoding.ASCII.GetString(bytes[head.Target]),
            Authorization = authorization,
        };
    }

    /// <summary>Of the client's <see cref="SplitCookie"/>.</summary>
    public static int SplitNumber(ReadOnlySpan<byte> bytes, RequestHead head)
    {
        foreach (ref readonly var line in head.Lines.All)
        {
            if (line.Field == Field.Cookie && SplitCookie.Read(line.Value(bytes)) is var number and not SplitCookie.None)
                return number;
        }
        return SplitCookie.None;
    }
}
