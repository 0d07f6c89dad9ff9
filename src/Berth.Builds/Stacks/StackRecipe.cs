using System.Security.Cryptography;
using System.Text;

namespace Berth.Builds.Stacks;

/// <summary>What a stack's image is made of: another stack, Debian packages, a few files, and the image's settings.</summary>
internal sealed record StackRecipe
{
    /// <summary>The Debian release that all recipes are made for.</summary>
    public const string Suite = "bookworm";

    public required string Name { get; init; }

    /// <summary>The stack below; null: made from nothing, by mmdebstrap.</summary>
    public string? Parent { get; init; } = "base";

    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Take <see cref="Packages"/> from Debian's backports where they are newer there.</summary>
    public bool Backports { get; init; }

    /// <summary>Shell commands run as root in the image when all packages are installed.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Files of <c>Stacks/Files</c> that go to <c>/usr/local/bin</c>.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Folders of the server's own .NET installation that go to <c>/usr/share/dotnet</c>.</summary>
    public IReadOnlyList<string> DotnetFolders { get; init; } = [];

    /// <summary>Dockerfile instructions for the image's settings.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Changes with anything that changes the image.</summary>
    /// <param name="below">The same of what the image is made upon.</param>
    public string Hash(string below)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] parts = [Name, Suite, below, .. Packages, $"{Backports}", "commands", .. Commands, "dotnet", .. DotnetFolders, "settings", .. Settings];
        foreach (var part in parts)
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\n"));
        foreach (var program in Programs)
            hash.AppendData(StackPrograms.Content(program));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>The Dockerfile of a stack that has a parent.</summary>
    /// <param name="from">The parent's image.</param>
    /// <param name="mirror">Where packages come from.</param>
    public string Dockerfile(string from, string mirror)
    {
        var text = new StringBuilder("FROM ").Append(from).Append('\n');
        if (Programs.Count > 0)
            text.Append("COPY ").Append(StackDockerfile.ProgramFolder).Append("/ /usr/local/bin/\nRUN chmod 755 /usr/local/bin/berth-*\n");
        foreach (var folder in DotnetFolders)
            text.Append("COPY ").Append(StackDockerfile.SourceFolder).Append('/').Append(folder).Append(" /usr/share/dotnet/").Append(folder).Append('\n');
        string[] commands = [.. Installing(mirror), .. Commands];
        if (commands.Length > 0)
            text.Append("RUN ").AppendJoin(" && ", commands).Append('\n');
        foreach (var setting in Settings)
            text.Append(setting).Append('\n');
        return text.ToString();
    }

    /// <summary>Lists and archives of packages are gone with the layer that they came with.</summary>
    private IEnumerable<string> Installing(string mirror)
    {
        if (Packages.Count == 0)
            yield break;
        yield return "export DEBIAN_FRONTEND=noninteractive";
        if (Backports)
            yield return $"echo 'deb {mirror} {Suite}-backports main' > /etc/apt/sources.list.d/backports.list";
        yield return "apt-get update -qq";
        yield return $"apt-get install -y -qq --no-install-recommends{(Backports ? $" -t {Suite}-backports" : "")} {string.Join(' ', Packages)} >/tmp/apt.log || {{ tail -n 30 /tmp/apt.log; exit 1; }}";
        yield return "rm -rf /tmp/apt.log /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log";
    }
}
