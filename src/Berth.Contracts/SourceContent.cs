using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace Berth.Contracts;

/// <summary>A tar written straight into the connection, compressed on its way: nothing is held in memory or on disk.</summary>
internal sealed class SourceContent : HttpContent
{
    private readonly Func<Stream, CancellationToken, Task> _writeTar;

    public SourceContent(Func<Stream, CancellationToken, Task> writeTar)
    {
        _writeTar = writeTar;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        Headers.ContentEncoding.Add("gzip");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        await using var _ = gzip.ConfigureAwait(false);
        await _writeTar(gzip, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
