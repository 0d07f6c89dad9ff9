using System.Net;
using Berth.Router.Http1;
using Berth.Router.Requests;
using Berth.Router.Routing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Router.Forwarding;

/// <summary>One request and its response on their way between client and sandbox: which headers go along, and when the deadline stops.</summary>
public sealed class SandboxExchange(Claim claim, ForwardedHeaders forwarded, KestrelExchange request, ResponseDeadline deadline, UploadStream? upload) : HttpTransformer
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (var name in Nominated(httpContext.Request.Headers.Connection))
        {
            // A request that nominates its own framing or host away would reach the sandbox as another request.
            if (!name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase) && proxyRequest.Headers.NonValidated.Contains(name))
                proxyRequest.Headers.Remove(name);
        }
        if (request.TakesLogin)
            proxyRequest.Headers.Remove(HeaderNames.Authorization);
        DropOwnCookies(httpContext, proxyRequest);
        forwarded.Set(httpContext, proxyRequest);
        proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        proxyRequest.RequestUri = new Uri(destinationPrefix + RequestFraming.PathAndQuery(httpContext), AsItIs);
        proxyRequest.Options.Set(SandboxConnections.Target, claim.Target);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return false;
        upload?.Answered();
        deadline.Pause();
        if (HasUncertainLength(proxyResponse))
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "the response's length is ambiguous");
        claim.Target.Load.CountAnswer((int)proxyResponse.StatusCode);
        var copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        foreach (var name in Nominated(string.Join(',', proxyResponse.Headers.Connection)))
            httpContext.Response.Headers.Remove(name);
        if (request.GivenNumber != SplitCookie.None)
            httpContext.Response.Headers.Append(HeaderNames.SetCookie, SplitCookie.Value(request.GivenNumber));
        if (proxyResponse.StatusCode == HttpStatusCode.SwitchingProtocols || IsExtendedConnect(httpContext))
            claim.MarkUpgraded();
        else if (proxyResponse.Content.Headers.ContentType?.MediaType is "text/event-stream" or "application/x-ndjson")
            // The first event may be long in coming, and the client wants to know that it is connected.
            await httpContext.Response.Body.FlushAsync(cancellationToken);
        return copyBody;
    }

    private static void DropOwnCookies(HttpContext context, HttpRequestMessage proxyRequest)
    {
        var cookies = context.Request.Headers.Cookie;
        if (cookies.Count == 0)
            return;
        proxyRequest.Headers.Remove(HeaderNames.Cookie);
        foreach (var cookie in cookies)
        {
            if (OwnCookies.Strip(cookie ?? "") is { Length: > 0 } rest)
                proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.Cookie, rest);
        }
    }

    private static bool IsExtendedConnect(HttpContext context) => context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>Both a length and chunks, or two lengths: whoever reads it otherwise than the sandbox meant it takes part of a body for the next response.</summary>
    private static bool HasUncertainLength(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues(HeaderNames.ContentLength, out var lengths))
            return false;
        return response.Headers.TransferEncodingChunked == true || lengths.Distinct(StringComparer.Ordinal).Count() > 1;
    }

    /// <summary>Headers that <c>Connection</c> declares to be for this hop only.</summary>
    private static IEnumerable<string> Nominated(string? connection)
    {
        if (string.IsNullOrEmpty(connection))
            return [];
        return connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(name => !name.Equals("close", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
                && !name.Equals(HeaderNames.Upgrade, StringComparison.OrdinalIgnoreCase));
    }
}
