namespace Berth.Engines.Docker;

/// <summary>
/// The few conditions for which the engine has no code of its own, only words (the same since 20.10). They are recognised here and nowhere
/// else; a wording that changes costs a less exact error, never a wrong step.
/// </summary>
internal static class DockerTexts
{
    public static bool IsDiskFull(string reason) => Has(reason, "no space left on device");

    public static bool IsSubnetTaken(string reason) => Has(reason, "overlaps with other one") || Has(reason, "conflicts with network");

    public static bool IsWrongArchitecture(string reason) => Has(reason, "no matching manifest for") || Has(reason, "does not match the specified platform");

    public static bool IsImageMissing(string reason) =>
        Has(reason, "manifest unknown") || Has(reason, "pull access denied") || Has(reason, "repository does not exist") || Has(reason, "not found: ");

    private static bool Has(string reason, string words) => reason.Contains(words, StringComparison.OrdinalIgnoreCase);
}
