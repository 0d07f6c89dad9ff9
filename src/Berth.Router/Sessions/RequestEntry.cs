using System.Text;
using Berth.Router.Http1;
using Berth.Router.Traffic;

namespace Berth.Router.Sessions;

/// <summary>A request's head → what the access log says of it.</summary>
public static class RequestEntry
{
    public static AccessEntry Of(ReadOnlySpan<byte> bytes, RequestHead head, string client, string host, string app)
    {
        string agent = "", referer = "";
        foreach (ref readonly var line in head.Lines.All)
        {
            if (line.Field == Field.UserAgent)
                agent = Encoding.UTF8.GetString(line.Value(bytes));
            else if (line.Field == Field.Referer)
                referer = Encoding.UTF8.GetString(line.Value(bytes));
        }
        return new AccessEntry
        {
            Client = client,
            Method = Encoding.ASCII.GetString(bytes[head.Method]),
            Target = Encoding.ASCII.GetString(bytes[head.Target]),
            Protocol = head.MinorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1",
            Host = host,
            UserAgent = agent,
            Referer = referer,
            App = app,
        };
    }
}
