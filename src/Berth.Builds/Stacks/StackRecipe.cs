using System.Security.Cryptography;
using System.Text;

namespace Berth.Builds.Stacks;

/// <summary>What a stack's base image is made of: Debian packages, a few files, and the image's settings.</summary>
internal sealed record StackRecipe
{
    private const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public required string Name { get; init; }

    public required IReadOnlyList<string> Packages { get; init; }

    /// <summary>Shell commands run by mmdebstrap when all packages are installed; <c>$1</c> is the new root.</summary>
    public IReadOnlyList<string> Hooks { get; init; } = [];

    /// <summary>Files of <c>Stacks/Files</c> that go to <c>/usr/local/bin</c>.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Dockerfile instructions for the image's settings.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    public static IReadOnlyList<StackRecipe> All { get; } =
    [
        Language("base", []),
        Language("python", ["python3", "python-is-python3", "python3-venv", "python3-pip"], new PythonStack()),
        Language("node", ["nodejs", "npm"], new NodeStack()),
        Language("ruby", ["ruby", "ruby-bundler"]),
        new StackRecipe
        {
            Name = "redis",
            Packages = ["redis-server"],
            Hooks = ["chroot \"$1\" install -d -o redis -g redis /data"],
            Changes =
            [
                $"ENV PATH={Path}",
                "WORKDIR /data",
                "USER redis",
                "EXPOSE 6379",
                // Reachable in the app's own network alone, hence no password; a cache unless a command says otherwise.
                "CMD [\"redis-server\", \"--bind\", \"0.0.0.0\", \"--protected-mode\", \"no\", \"--save\", \"\", \"--appendonly\", \"no\"]",
            ],
        },
        new StackRecipe
        {
            Name = "postgres",
            Packages = ["postgresql", "postgresql-contrib"],
            Hooks =
            [
                // The package makes a cluster of its own, with keys that every copy of the image would share.
                "rm -rf \"$1\"/var/lib/postgresql/* \"$1\"/etc/postgresql/* \"$1\"/etc/ssl/private/*",
                "ln -s \"$(ls -d \"$1\"/usr/lib/postgresql/* | tail -n 1 | sed \"s|^$1||\")\" \"$1/usr/lib/postgresql/current\"",
                "chroot \"$1\" install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data",
            ],
            Programs = ["berth-postgres"],
            Changes =
            [
                $"ENV PATH=/usr/lib/postgresql/current/bin:{Path}",
                "ENV PGDATA=/var/lib/postgresql/data",
                "EXPOSE 5432",
                "ENTRYPOINT [\"/usr/local/bin/berth-postgres\"]",
                "CMD [\"postgres\"]",
            ],
        },
    ];

    /// <summary>Changes with anything that changes the image.</summary>
    public string Hash(string suite, string? mirror, IEnumerable<byte[]> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (IEnumerable<string>)[Name, suite, mirror ?? "", .. Packages, "hooks", .. Hooks, "changes", .. Changes])
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\n"));
        foreach (var content in Programs.Select(ProgramContent).Concat(certificates))
            hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    public static byte[] ProgramContent(string name)
    {
        using var resource = typeof(StackRecipe).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Base of apps: an unprivileged user <c>app</c> that owns <c>/app</c>. The image itself starts as root, so that a Dockerfile can install packages.</summary>
    private static StackRecipe Language(string name, IReadOnlyList<string> packages, IStack? stack = null) => new()
    {
        Name = name,
        Packages = packages,
        Hooks =
        [
            "echo 'app:x:1000:1000::/app:/bin/sh' >> \"$1/etc/passwd\"",
            "echo 'app:x:1000:' >> \"$1/etc/group\"",
            "chroot \"$1\" install -d -o app -g app /app",
        ],
        Changes = [.. (stack?.Environment ?? [("LANG", "C.UTF-8"), ("PATH", Path)]).Select(item => $"ENV {item.Key}={item.Value}"), "WORKDIR /app"],
    };
}
