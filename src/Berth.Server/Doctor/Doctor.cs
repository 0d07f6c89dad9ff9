using Berth.Contracts;
using Berth.Model;

namespace Berth.Server.Doctor;

/// <summary>Looks at everything that Berth needs, all at once. A look that fails or takes too long is a finding like others.</summary>
internal sealed class Doctor(MachineLooks machine, EngineLooks engine, AppLooks apps, DoctorOptions options, TimeProvider time)
{
    public async Task<IReadOnlyList<FindingInfo>> ExamineAsync(CancellationToken ct)
    {
        var looks = machine.All.Concat(engine.All).Concat(apps.All);
        return [.. (await Task.WhenAll(looks.Select(look => LookAsync(look, ct)))).SelectMany(found => found)];
    }

    private async Task<IReadOnlyList<FindingInfo>> LookAsync(Look look, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.LookLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await look.At(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return [DoctorMessages.NotLookedAt(look.Subject, $"no answer within {options.LookLimit.TotalSeconds:0} s")];
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException)
        {
            return [DoctorMessages.NotLookedAt(look.Subject, e.Message)];
        }
    }
}

/// <param name="Subject">What is looked at, for the case that this fails.</param>
internal sealed record Look(string Subject, Func<CancellationToken, Task<IReadOnlyList<FindingInfo>>> At);
