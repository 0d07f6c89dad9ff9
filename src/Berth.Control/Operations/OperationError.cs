namespace Berth.Control.Operations;

public enum ErrorKind
{
    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>What was asked for is malformed.</summary>
    Invalid,

    /// <summary>It cannot be done as things stand.</summary>
    Conflict,

    /// <summary>It is not for whoever asks.</summary>
    Forbidden,

    /// <summary>There is no room for it on a disk.</summary>
    NoSpace,
}

/// <summary>Why an operation was not carried out. Nothing has changed.</summary>
/// <param name="Code">Stable, lower case with dashes: <c>app-not-found</c>.</param>
/// <param name="Message">Names the thing, what is wrong and what to do.</param>
public sealed record OperationError(ErrorKind Kind, string Code, string Message);

/// <summary>Either a value or an error. Expected failures travel as this; exceptions are for bugs and broken I/O.</summary>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    public Outcome(T value)
        : this(value, null)
    {
    }

    private Outcome(T? value, OperationError? error) => (_value, Error) = (value, error);

    public OperationError? Error { get; }

    /// <summary>Only without an <see cref="Error"/>.</summary>
    public T Value => Error is null ? _value! : throw new InvalidOperationException(Error.Message);

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(OperationError error) => new(default, error);
}
