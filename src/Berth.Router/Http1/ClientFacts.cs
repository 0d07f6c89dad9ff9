using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Router.Http1;

/// <summary>What sandboxes are told about the client of one connection, made ready once. Used by one request at a time.</summary>
public sealed class ClientFacts
{
    private const ulong Step = 0x9e3779b97f4a7c15;

    private readonly ulong _idPrefix;
    private ulong _id;

    public ClientFacts(IPAddress peer, string scheme, bool trusted)
    {
        Peer = peer.ToString();
        Scheme = scheme;
        Trusted = trusted;
        Block = Encoding.ASCII.GetBytes($"X-Forwarded-For: {Peer}\r\nX-Forwarded-Proto: {scheme}\r\nX-Forwarded-Host: ");
        Span<ulong> random = stackalloc ulong[2];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(random));
        (_idPrefix, _id) = (random[0], random[1]);
    }

    public string Peer { get; }

    public string Scheme { get; }

    /// <summary>The peer is a proxy whose word counts.</summary>
    public bool Trusted { get; }

    /// <summary>The fields of a client that is not trusted, up to where its Host goes.</summary>
    public byte[] Block { get; }

    /// <summary>128 bits: 64 random ones of the connection, and 64 that differ for each of its requests.</summary>
    public (ulong High, ulong Low) NextRequestId() => (_idPrefix, _id += Step);
}
