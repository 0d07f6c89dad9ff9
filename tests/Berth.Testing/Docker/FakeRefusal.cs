namespace Berth.Testing.Docker;

/// <summary>The engine says no: becomes the status and <c>{"message": …}</c> on the wire.</summary>
internal sealed class FakeRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
