namespace Berth.Control.Operations;

/// <summary>Names for apps that were created without one: two words, for example <c>amber-harbour</c>.</summary>
internal static class AppNames
{
    private static readonly string[] First =
    [
        "amber", "ancient", "autumn", "bold", "brave", "breezy", "bright", "calm", "clever", "coral", "crimson", "daring", "eager", "early", "fair",
        "gentle", "golden", "grand", "hardy", "hidden", "honest", "ivory", "jolly", "keen", "lively", "lucky", "mellow", "merry", "misty", "noble",
        "northern", "patient", "polar", "proud", "quiet", "rapid", "rustic", "salty", "sandy", "scarlet", "silent", "silver", "southern", "steady",
        "stormy", "sunny", "swift", "tidal", "vivid", "wandering",
    ];

    private static readonly string[] Second =
    [
        "albatross", "anchor", "beacon", "bollard", "bowsprit", "breaker", "buoy", "capstan", "clipper", "compass", "current", "cutter", "dinghy", "dolphin",
        "ferry", "galleon", "gannet", "harbour", "heron", "jetty", "kestrel", "lagoon", "lantern", "lighthouse", "mariner", "mast", "mooring", "narwhal",
        "oarsman", "osprey", "otter", "pelican", "petrel", "pilot", "porpoise", "quay", "reef", "rudder", "sailor", "schooner", "sextant", "shoal", "skipper",
        "sloop", "spinnaker", "tern", "tiller", "trawler", "voyager", "wharf",
    ];

    public static string Next(Random random) => $"{First[random.Next(First.Length)]}-{Second[random.Next(Second.Length)]}";
}
