using System.Text;

namespace Berth.Parsers;

/// <summary>Makes inputs out of real files and pieces that readers look for. An input follows from its number and the seed alone.</summary>
internal sealed class Mutation(IReadOnlyList<byte[]> files, int seed)
{
    private const int MaxBytes = 64 * 1024;

    private static readonly byte[][] Pieces =
    [
        .. ((string[])
        [
            "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\"", "'", "\"\"\"", "'''", "\\", "\\u0000", "\\U0011FFFF", "\n", "\r\n", "\r", " ", "\t", ":", "::", "//", " # x",
            "services", "web", "env", "key", "value", "release", "disks", "concurrency", "ports", "tasks", "health", "trigger = \"deploy\"", "required = true", "0x", "1_", "-", "+1",
            "1979-05-27", "07:32:00", "Z", "inf", "nan", "true", "1e999", ".5", "99999999999999999999", "\uFEFF", "é", "🚢", "\0", "\u001b[31m", "web: x\n", "[services.web]\n", "[[env]]\n",
            "a.b.c = 1\n", "port = 80\n", "command = \"x\"\n", "<<<<<<< HEAD\n", "&a", "*a", "<<: *a\n", "- ", "applications:\n", "((v))", "|\n", "? ",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    public byte[] Make(long number)
    {
        var random = new Random(HashCode(number));
        var input = random.Next(10) switch
        {
            0 => RandomBytes(random, random.Next(300)),
            1 => [.. Enumerable.Range(0, random.Next(60)).SelectMany(_ => Piece(random))],
            _ => [.. File(random)],
        };
        // Half of them in one place only: those get deepest into a reader.
        for (int steps = random.Next(2) == 0 ? 1 : random.Next(1, 9); steps > 0; steps--)
            Step(input, random);
        if (input.Count > MaxBytes)
            input.RemoveRange(MaxBytes, input.Count - MaxBytes);
        return [.. input];
    }

    private void Step(List<byte> input, Random random)
    {
        int at = random.Next(input.Count + 1);
        int length = Math.Min(random.Next(1, 40), input.Count - at);
        switch (random.Next(7))
        {
            case 0 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 1:
                input.RemoveRange(at, length);
                break;
            case 2:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, length));
                break;
            case 3:
                input.InsertRange(at, RandomBytes(random, random.Next(1, 5)));
                break;
            case 4:
                var other = File(random);
                int from = random.Next(other.Length + 1);
                input.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(400))]);
                break;
            case 5 when length > 0:
                for (int copies = random.Next(1, 60); copies > 0; copies--)
                    input.InsertRange(at, input.GetRange(at, length));
                break;
            default:
                input.InsertRange(at, Piece(random));
                break;
        }
    }

    private byte[] File(Random random) => files[random.Next(files.Count)];

    private static byte[] Piece(Random random) => Pieces[random.Next(Pieces.Length)];

    private static List<byte> RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return [.. bytes];
    }

    /// <summary>Not .NET's own, which differs from run to run.</summary>
    private int HashCode(long number) => unchecked((int)((number + 1) * 2654435761 ^ seed * 40503L));
}
