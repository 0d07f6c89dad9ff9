namespace Berth.Control.Autoscaling;

/// <summary>A queue's number is not known; the message is one of <see cref="QueueMessages"/>.</summary>
internal sealed class QueueException(string message) : Exception(message);
