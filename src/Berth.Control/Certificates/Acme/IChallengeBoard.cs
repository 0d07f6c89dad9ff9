using Berth.Model;

namespace Berth.Control.Certificates.Acme;

/// <summary>Where the router is told what to answer to challenges.</summary>
public interface IChallengeBoard
{
    /// <summary>Returns when the router answers so.</summary>
    Task ShowAsync(RoutedChallenge challenge, CancellationToken ct);

    /// <summary>Not to be cancelled: it is done also when what it was shown for has been.</summary>
    Task TakeDownAsync(RoutedChallenge challenge);
}
