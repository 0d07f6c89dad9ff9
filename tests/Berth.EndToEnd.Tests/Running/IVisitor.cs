namespace Berth.EndToEnd.Tests.Running;

/// <summary>One who visits an app again and again, in one way.</summary>
internal interface IVisitor : IDisposable
{
    /// <summary>One visit to its end. Returns null if it went as it should, else what went wrong; may throw what networks throw.</summary>
    Task<string?> VisitAsync();
}
