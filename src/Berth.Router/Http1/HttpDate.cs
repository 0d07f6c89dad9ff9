using System.Globalization;
using System.Text;

namespace Berth.Router.Http1;

/// <summary>The time as the Date field has it, made once a second. Thread-safe.</summary>
public sealed class HttpDate(TimeProvider time)
{
    private Made _made = new(0, []);

    public ReadOnlySpan<byte> Now
    {
        get
        {
            var now = time.GetUtcNow();
            long second = now.ToUnixTimeSeconds();
            var made = Volatile.Read(ref _made);
            if (made.Second != second)
                Volatile.Write(ref _made, made = new Made(second, Encoding.ASCII.GetBytes(now.ToString("R", CultureInfo.InvariantCulture))));
            return made.Text;
        }
    }

    private sealed record Made(long Second, byte[] Text);
}
