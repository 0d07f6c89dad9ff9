namespace Berth.Model;

/// <summary>A text that must not appear in a log or a message by accident: it prints as <c>***</c>. <see cref="Reveal"/> is the one way to it.</summary>
public sealed class Secret(string value)
{
    public string Reveal() => value;

    public override string ToString() => "***";
}
