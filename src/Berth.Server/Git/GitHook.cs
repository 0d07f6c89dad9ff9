using System.Net.Sockets;
using System.Text;

namespace Berth.Server.Git;

/// <summary>
/// <c>berthd git-hook</c>: what git runs before it takes a push. It tells the running berthd which push this is, where its objects are and which refs it is about,
/// prints what berthd answers, and ends with berthd's verdict. The answer is text, then NUL and <c>0</c> (take it) or <c>1</c>.
/// </summary>
internal static class GitHook
{
    public const string Name = "git-hook";
    public const string PushVariable = "BERTH_PUSH";
    public const string SocketVariable = "BERTH_PUSH_SOCKET";
    public const byte Verdict = 0;
    public const byte Taken = (byte)'0';
    public const byte Refused = (byte)'1';

    public static int Run()
    {
        if (Environment.GetEnvironmentVariable(PushVariable) is not { } push || Environment.GetEnvironmentVariable(SocketVariable) is not { } path)
        {
            Console.Error.WriteLine(GitMessages.HookAlone);
            return 1;
        }
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            using var stream = new NetworkStream(socket);
            stream.Write(Encoding.UTF8.GetBytes($"{push}\n{Path.GetFullPath(Environment.GetEnvironmentVariable("GIT_OBJECT_DIRECTORY") ?? "objects")}\n"));
            using (var refs = Console.OpenStandardInput())
                refs.CopyTo(stream);
            socket.Shutdown(SocketShutdown.Send);
            return PrintUntilVerdict(stream);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Console.Error.WriteLine(GitMessages.ServerEnded);
            return 1;
        }
    }

    private static int PrintUntilVerdict(Stream answer)
    {
        using var client = Console.OpenStandardError();
        var buffer = new byte[4096];
        int read;
        while ((read = answer.Read(buffer)) > 0)
        {
            var end = Array.IndexOf(buffer, Verdict, 0, read);
            client.Write(buffer, 0, end < 0 ? read : end);
            if (end >= 0)
                return (end + 1 < read ? buffer[end + 1] : answer.ReadByte()) == Taken ? 0 : 1;
        }
        throw new EndOfStreamException();
    }
}
