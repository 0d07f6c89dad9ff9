using System.Text;
using Berth.Server.Dashboard;

namespace Berth.Server.Git;

/// <summary>Whoever pushes, as far as text reaches them: git shows each line behind <c>remote:</c>. The forms are those of Deis and Heroku.</summary>
internal sealed class PushClient(Stream stream)
{
    /// <summary>A step: <c>-----&gt; text</c>.</summary>
    public Task StepAsync(string text, CancellationToken ct) => WriteAsync($"-----> {PlainText.Of(text)}\n", ct);

    /// <summary>What belongs to a step, below it.</summary>
    public Task LineAsync(string text, CancellationToken ct) => WriteAsync($"       {PlainText.Of(text)}\n", ct);

    /// <summary>What is wrong, and what to do.</summary>
    public Task RefuseAsync(string text, CancellationToken ct) => WriteAsync($" !     {PlainText.Of(text)}\n", ct);

    public Task BlankAsync(CancellationToken ct) => WriteAsync("\n", ct);

    private async Task WriteAsync(string text, CancellationToken ct) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
}
