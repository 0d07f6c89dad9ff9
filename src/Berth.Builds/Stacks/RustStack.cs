using System.Text.RegularExpressions;

namespace Berth.Builds.Stacks;

/// <summary>Rust and Cargo of Debian. Programs go to <c>/app/bin</c>, beside the source.</summary>
internal sealed partial class RustStack : IStack
{
    /// <summary>Outside the source, so that the app's image gets none of it.</summary>
    private const string Build = "cargo build --release";

    public string Name => "rust";

    public string Version => "1";

    public StackBases Bases => new("stack/rust-build", "stack/base");

    public IReadOnlyList<(string Key, string Value)> Environment =>
    [
        ("CARGO_TARGET_DIR", "/tmp/target"),
        // Frameworks that read their settings from variables.
        ("ROCKET_ADDRESS", "0.0.0.0"),
        ("LANG", "C.UTF-8"),
        ("PATH", "/app/bin:/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ];

    public StackBases PublicBases(string version, ISourceFiles files) => new($"rust:{version}-bookworm", "stack/base");

    public VersionRequest? Asked(ISourceFiles files) => null;

    public StackMatch? Detect(ISourceFiles files)
    {
        if (files.Read("Cargo.toml") is not { } manifest)
            return null;
        var name = PackageName().Match(manifest) is { Success: true } match && files.Exists("src/main.rs") ? match.Groups[1].Value : null;
        return new StackMatch
        {
            Stack = Name,
            Because = "Cargo.toml",
            ByPackageFile = true,
            WebCommand = name is null ? null : $"bin/{name}",
            WebBecause = name is null ? null : "the package in Cargo.toml",
        };
    }

    public StackSteps StepsFor(ISourceFiles files)
    {
        var manifest = files.Read("Cargo.toml") ?? "";
        var locked = files.Exists("Cargo.lock") ? " --locked" : "";
        string[] finish =
        [
            // Cargo goes by times, and the source may be older than what the dependencies were built with.
            "find . -name '*.rs' -exec touch {} +",
            Build + locked,
            "mkdir -p bin",
            "find /tmp/target/release -maxdepth 1 -type f -executable -exec cp {} bin/ ';'",
        ];
        if (NeedsSource().IsMatch(manifest) || !files.Exists("src/main.rs") || files.Exists("build.rs") || files.Exists(".cargo/config.toml") || !Dependencies().IsMatch(manifest))
            return new StackSteps { Finish = finish };
        return new StackSteps
        {
            DependencyFiles = [.. new[] { "Cargo.toml", "Cargo.lock" }.Where(files.Exists)],
            // Cargo cannot build dependencies alone: an empty program stands in for the app.
            Install = ["mkdir src", "echo 'fn main() {}' > src/main.rs", "touch src/lib.rs", Build + locked, "rm -r src"],
            Finish = finish,
        };
    }

    /// <summary>Members, programs or libraries elsewhere than where Cargo looks by itself.</summary>
    [GeneratedRegex(@"^\s*\[(workspace|lib|\[bin)|\bpath\s*=|^\s*build\s*=", RegexOptions.Multiline)]
    private static partial Regex NeedsSource();

    [GeneratedRegex(@"^\s*\[(.*\.)?dependencies[\].]", RegexOptions.Multiline)]
    private static partial Regex Dependencies();

    [GeneratedRegex(@"^\s*\[package\](?:\n(?!\s*\[).*)*?\n\s*name\s*=\s*""([A-Za-z0-9_-]+)""", RegexOptions.Multiline)]
    private static partial Regex PackageName();
}
