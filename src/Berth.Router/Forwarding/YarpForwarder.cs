using System.Net;
using Berth.Router.Requests;
using Berth.Router.Routing;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Router.Forwarding;

/// <summary>Forwards anything that Kestrel reads (HTTP/1.1, HTTP/2, WebSockets, streams) by YARP's forwarder.</summary>
public sealed class YarpForwarder : IDisposable
{
    private readonly IHttpForwarder _forwarder;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SandboxConnections _connections;
    private readonly ForwardedHeaders _forwarded;
    private readonly ForwarderRequestConfig _http1;
    private readonly ForwarderRequestConfig _http2;

    public YarpForwarder(IHttpForwarder forwarder, RouterOptions options, TimeProvider time, ILogger log)
    {
        _forwarder = forwarder;
        _time = time;
        _log = log;
        _connections = new SandboxConnections(options, time);
        _forwarded = new ForwardedHeaders(options.TrustedProxies);
        _http1 = new ForwarderRequestConfig
        {
            ActivityTimeout = options.IdleTimeout,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _http2 = _http1 with { Version = HttpVersion.Version20 };
    }

    public async Task<ForwardResult> ForwardAsync(HttpContext context, KestrelExchange request, Claim claim, bool freshConnection)
    {
        var hasBody = HasBody(context);
        using var deadline = new ResponseDeadline(request.ResponseTimeout, _time);
        var body = context.Request.Body;
        var upload = hasBody ? new UploadStream(body, deadline) : null;
        if (upload is not null)
            context.Request.Body = upload;
        try
        {
            var exchange = new SandboxExchange(claim, _forwarded, request, deadline, upload);
            var connections = freshConnection ? _connections.Fresh : hasBody ? _connections.KeptForBodies : _connections.Kept;
            // gRPC is spoken over HTTP/2 only, also to the sandbox.
            var config = IsGrpc(context.Request) ? _http2 : _http1;
            var error = await _forwarder.SendAsync(context, $"http://{claim.Target.PoolHost}", connections, config, exchange, deadline.Token);
            return error == ForwarderError.None ? ForwardResult.Done : Explain(context, claim, error, deadline, hasBody);
        }
        finally
        {
            if (upload is not null)
                context.Request.Body = body;
        }
    }

    public void Dispose() => _connections.Dispose();

    private ForwardResult Explain(HttpContext context, Claim claim, ForwarderError error, ResponseDeadline deadline, bool hasBody)
    {
        var exception = context.GetForwarderErrorFeature()?.Exception;
        if (context.Response.HasStarted)
            return ForwardResult.Done;
        if (context.RequestAborted.IsCancellationRequested)
            return ForwardResult.ClientGone;
        context.Response.Clear();
        if (deadline.IsOver)
        {
            _log.UpstreamFailed(RouterMessages.UpstreamTooSlow(claim.Target, deadline.Limit));
            return ForwardResult.TooSlow;
        }
        if (Find<SandboxUnreachableException>(exception) is { } unreachable)
        {
            _log.UpstreamFailed(RouterMessages.TakenOut(claim.Target, unreachable.Message));
            return ForwardResult.Unreachable;
        }
        if (error == ForwarderError.RequestBodyClient || Find<BadHttpRequestException>(exception) is not null)
            return ForwardResult.BadRequestBody;
        _log.UpstreamFailed(RouterMessages.UpstreamBroke(claim.Target, exception?.Message ?? error.ToString()));
        return error == ForwarderError.Request && !hasBody && IsIdempotent(context.Request.Method)
            ? ForwardResult.BrokenRepeatable
            : ForwardResult.Broken;
    }

    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    private static bool IsGrpc(HttpRequest request) =>
        HttpProtocol.IsHttp2(request.Protocol) && request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPut(method)
        || HttpMethods.IsDelete(method) || HttpMethods.IsTrace(method);

    private static T? Find<T>(Exception? exception) where T : Exception
    {
        for (; exception is not null; exception = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception.InnerException)
        {
            if (exception is T found)
                return found;
        }
        return null;
    }
}
