namespace Berth.Builds.Stacks;

/// <summary>The files of <c>Stacks/Files</c>, which are shell programs for the images.</summary>
internal static class StackPrograms
{
    public static byte[] Content(string name)
    {
        using var resource = typeof(StackPrograms).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>As files of a build context.</summary>
    public static Dictionary<string, byte[]> InContext(IEnumerable<string> names) =>
        names.ToDictionary(name => $"{StackDockerfile.ProgramFolder}/{name}", Content);
}
