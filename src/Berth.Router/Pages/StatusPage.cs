using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Berth.Router.Pages;

/// <summary>
/// A page of the router's own, for when no app answers. The words are for people; all of them are escaped where they become HTML.
/// </summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">A few words.</param>
/// <param name="What">What is going on: names the host and the app.</param>
/// <param name="Todo">What the reader can do.</param>
/// <param name="RetryAfter">When to come again; null: no use.</param>
/// <param name="Close">Whether the connection is closed afterwards.</param>
public sealed record StatusPage(int Status, string Title, string What, string Todo, TimeSpan? RetryAfter = null, bool Close = false)
{
    /// <summary>One more field of the head; null: none.</summary>
    public (string Name, string Value)? Field { get; init; }

    /// <summary>The whole body, as it is; null: made from the words.</summary>
    public string? Text { get; init; }

    public static bool IsHtmlTaken(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>As HTML to who accepts it, else as one line of text. A response that has begun is left as it is.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
            return;
        response.Clear();
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is not null)
            response.Headers.RetryAfter = RetryAfterSeconds;
        if (Field is var (name, value))
            response.Headers[name] = value;
        if (Close && HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Connection = "close";
        var html = IsHtmlTaken(context.Request);
        var bytes = Body(html);
        response.ContentType = ContentType(html);
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = HeaderNames.Accept;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>The whole response in HTTP/1.1, for who writes to a connection himself.</summary>
    public byte[] Response(bool html, bool isHead, bool close, ReadOnlySpan<byte> date)
    {
        var body = Body(html);
        var retryAfter = RetryAfter is null ? "" : $"Retry-After: {RetryAfterSeconds}\r\n";
        var field = Field is var (name, value) ? $"{name}: {value}\r\n" : "";
        var head = $"HTTP/1.1 {Status} {ReasonPhrases.GetReasonPhrase(Status)}\r\nContent-Length: {body.Length}\r\nContent-Type: {ContentType(html)}\r\n" +
            $"Date: {Encoding.ASCII.GetString(date)}\r\nCache-Control: no-store\r\n{retryAfter}{field}{(close ? "Connection: close\r\n" : "")}" +
            $"Vary: {HeaderNames.Accept}\r\nX-Content-Type-Options: nosniff\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. isHead ? [] : body];
    }

    private string RetryAfterSeconds => ((int)Math.Ceiling(RetryAfter!.Value.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private byte[] Body(bool html) => Encoding.UTF8.GetBytes(Text is not null ? Text : html ? Html() : $"{Status} {Title}: {What} {Todo}\n");

    private string ContentType(bool html) => html && Text is null ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";

    private string Html() => $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>{{Status}} {{Escape(Title)}}</title>
        <style>
        :root { color-scheme: light dark; --ink: #1b2330; --soft: #5d6878; --paper: #f7f8fa; --line: #d9dee5; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e7ebf1; --soft: #97a3b4; --paper: #12161d; --line: #2b3340; } }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
          font: 16px/1.55 system-ui, sans-serif; }
        main { max-width: 34rem; padding: 2rem; overflow-wrap: anywhere; }
        p.status { margin: 0; color: var(--soft); font-variant-numeric: tabular-nums; letter-spacing: .06em; }
        h1 { margin: .2rem 0 1rem; font-size: 1.6rem; line-height: 1.25; }
        p.todo { border-top: 1px solid var(--line); padding-top: 1rem; color: var(--soft); }
        </style>
        </head>
        <body>
        <main>
        <p class="status">{{Status}}</p>
        <h1>{{Escape(Title)}}</h1>
        <p>{{Escape(What)}}</p>
        <p class="todo">{{Escape(Todo)}}</p>
        </main>
        </body>
        </html>

        """;

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
